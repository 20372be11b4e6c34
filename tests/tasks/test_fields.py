"""What a field takes is what its JSON schema says."""

from __future__ import annotations

from typing import Annotated, Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from iargus.tasks.fields import (
    BLANKS,
    NEVER_AS_TEXT,
    NO_BOOLEAN,
    AlsoAsText,
    Text,
    years_as_text,
)

FIRST, LAST = 1987, 2027
SHARES = r"[0-8](\.[0-9]+)?|9(\.([0-4][0-9]*|50*))?"


class Everything(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True)

    text: Annotated[str, Text(3)] = "x"
    note: Annotated[str, Text(3, may_be_blank=True)] | None = None
    year: Annotated[int, Field(ge=FIRST, le=LAST), AlsoAsText(years_as_text(FIRST, LAST))] = FIRST
    share: Annotated[float, Field(ge=0, le=9.5), AlsoAsText(SHARES)] = 0
    count: Annotated[int, Field(ge=1, le=5), NEVER_AS_TEXT] | None = None
    label: Annotated[int | float | str, NO_BOOLEAN] = 0


SCHEMA = jsonschema_rs.validator_for(Everything.model_json_schema())
BLANK = "\t\n\x0b\x0c\r \u0085\u00a0\u1680\u2000\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
NOT_QUITE_BLANK = "\x1c\x1f\u180e\u200b\u2060\ufeff"
digits = st.text(alphabet="0123456789.-+ _eE\n", max_size=7)
near = st.sampled_from(
    [
        *("1987", "1986", "2027", "2028", " 2000 ", "2000.0", "2000.5", "02000", "-2000", "+2000"),
        *("1_999", "2e3", "9.5", "9.50", "9.51", "9.", ".5", "-0", "0", "2000\n", "", " ", "true"),
    ]
)
numbers = st.one_of(
    st.integers(), st.integers(1980, 2030), st.floats(allow_nan=False), st.floats(0, 10)
)
values = st.one_of(
    st.none(), st.booleans(), numbers, digits, near, st.lists(st.integers(), max_size=1),
    st.text(alphabet=BLANK + NOT_QUITE_BLANK + "ab", max_size=5), st.text(max_size=5),
)  # fmt: skip


def takes(document: dict[str, Any]) -> bool:
    try:
        Everything.model_validate(document)
    except ValidationError:
        return False
    return True


@given(st.sampled_from(sorted(Everything.model_fields)), values)
def test_what_is_taken_is_what_is_described(name: str, value: Any) -> None:
    if value in (float("inf"), float("-inf")):
        return  # no JSON
    assert takes({name: value}) == SCHEMA.is_valid({name: value})


@pytest.mark.parametrize("blank", BLANK)
def test_a_blank_alone_is_no_text(blank: str) -> None:
    assert not takes({"text": blank})
    assert not SCHEMA.is_valid({"text": blank})
    assert Everything(text=f"{blank}a").text == "a"


def test_all_years_and_no_others_are_in_the_pattern() -> None:
    year = jsonschema_rs.validator_for({"pattern": f"^({years_as_text(FIRST, LAST)})$"})
    found = [number for number in range(10_000) if year.is_valid(f"{number:04}")]
    assert found == list(range(FIRST, LAST + 1))


def test_the_blanks_are_those_that_are_taken_off() -> None:
    blank = jsonschema_rs.validator_for({"pattern": f"^[{BLANKS}]$"})
    for code in [*range(0xD800), *range(0xE000, 0x10000)]:
        assert blank.is_valid(chr(code)) == (not takes({"text": chr(code)})), hex(code)

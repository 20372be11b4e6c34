"""What a field takes is what its JSON schema says."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from iargus.tables.values.numbers import read_number
from iargus.tasks.fields import (
    BLANKS,
    NEVER_AS_TEXT,
    NO_BOOLEAN,
    AlsoAsText,
    Amount,
    AmountRefused,
    Text,
    amounts_as_text,
    read_amount,
    years_as_text,
)

FIRST, LAST = 1987, 2027
SHARES = r"[0-8](\.[0-9]+)?|9(\.([0-4][0-9]*|50*))?"
MILLIONS = 3


class Everything(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True)

    text: Annotated[str, Text(3)] = "x"
    note: Annotated[str, Text(3, may_be_blank=True)] | None = None
    year: Annotated[int, Field(ge=FIRST, le=LAST), AlsoAsText(years_as_text(FIRST, LAST))] = FIRST
    share: Annotated[float, Field(ge=0, le=9.5), AlsoAsText(SHARES)] = 0
    amount: Annotated[
        float, Field(ge=0, le=MILLIONS * 1_000_000), AlsoAsText(amounts_as_text(MILLIONS), Amount())
    ] = 0
    count: Annotated[int, Field(ge=1, le=5), NEVER_AS_TEXT] | None = None
    label: Annotated[int | float | str, NO_BOOLEAN] = 0


SCHEMA = jsonschema_rs.validator_for(Everything.model_json_schema())
BLANK = "\t\n\x0b\x0c\r \u0085\u00a0\u1680\u2000\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
NOT_QUITE_BLANK = "\x1c\x1f\u180e\u200b\u2060\ufeff"
digits = st.one_of(
    st.text(alphabet="0123456789.-+ _eE\n", max_size=7),
    st.from_regex(r" ?[0-9]{1,4}([.,][0-9]{2,4}){0,3} ?", fullmatch=True),
    st.from_regex(r"[1-3](000000|,000,000)([.][0-9]{0,2})?", fullmatch=True),
)
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


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("60000", 60_000), (" 60000 ", 60_000), ("60000.5", 60_000.5), ("0.125", 0.125)),
        *(("90,000", 90_000), ("1,234,567.8", 1_234_567.8), ("9,999", 9_999), ("12.50", 12.5)),
        *(("1234.567", 1_234.567), ("60.0000", 60), ("999", 999), ("60,000.125", 60_000.125)),
    ],
)
def test_an_amount_is_read_as_it_can_only_be_meant(text: str, number: float) -> None:
    assert read_amount(text) == number


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("60.000", "may be 60000 or 60:"),
        (" 1.234", "may be 1234 or 1.234:"),
        ("61.400 km", "may be 61400 or 61.4:"),
        ("90 000", "send 90000"),
        ("90\u202f000", "send 90000"),
        ("90'000", "send 90000"),
        ("90000 km", "send 90000, and km as mileage_unit"),
        ("90,000 mi.", "send 90000, and mi as mileage_unit"),
        ("90k", "send 90000"),
        ("$11,450", "send 11450"),
        ("11.450,00 €", "send 11450"),
        ("12,5", "send 12.5"),
        ("1.234.567", "send 1234567"),
        ("060000", "send 60000"),
        ("+60000", "send 60000"),
        ("6e4", "send 60000"),
        *((text, "such as 60000") for text in ("", " ", "NaN", "NA", "Infinity", "unknown", "6_0")),
        *((text, "such as 60000") for text in ("1,23,4", "12,34,56", "٦٠٠٠٠", "0x1A", "k" * 70)),
        ("60000 parsecs", "such as 60000"),
    ],
)
def test_an_amount_that_is_not_plain_is_refused_with_what_to_send(text: str, told: str) -> None:
    with pytest.raises(AmountRefused) as raised:
        read_amount(text, unit_field="mileage_unit")
    assert told in str(raised.value)
    assert raised.value.kind == ("number_ambiguous" if "may be" in told else "number_invalid")


@given(st.text(max_size=80))
def test_no_text_is_an_amount_that_another_reading_contradicts(text: str) -> None:
    """What a request takes means the same in an import of one value."""
    with suppress(AmountRefused):
        assert read_amount(text) == read_number(text)
        return
    with pytest.raises(AmountRefused) as raised:
        read_amount(text)
    assert len(str(raised.value)) < 150

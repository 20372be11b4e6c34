"""Kinds of fields whose JSON schema says exactly what they take, no more and no less.

pydantic's own reading of a text as a number takes more than any schema tells (`1_000`, `+5`, `1e3`,
`true`), and counts the characters of a text only when the blanks around it are gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from iargus.tables.values.numbers import (
    MAX_CHARS,
    NumberAmbiguous,
    NumberInvalid,
    read_number,
    split_number,
)

# What is taken off both ends of a text (Unicode's White_Space), for which the dialects of regular
# expressions have different names; `\s` is another set in each.
BLANKS = r"\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
NOT_BLANK = f"[^{BLANKS}]"

# Zeros in front would be another spelling. A minus is read, so that the bounds of a field can say
# that the number is below them.
_NUMBER = re.compile(r" *(0|-?[1-9][0-9]*)(\.[0-9]+)? *")
# Thousands as Americans write them.
_GROUPED = re.compile(r" *-?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)? *")
# Where others write a point between thousands.
_DOUBTFUL = re.compile(r" *-?[1-9][0-9]{0,2}\.[0-9]{3} *")
_EXPECTED = "a number is expected, such as 60000"


@dataclass(frozen=True)
class Text:
    """`Annotated[str, Text(64)]`: at most so many characters as they are sent, of which the blanks
    at both ends are taken off; something must be left unless `may_be_blank`."""

    max_length: int
    may_be_blank: bool = False

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        sent = core_schema.str_schema(max_length=self.max_length, strip_whitespace=False)
        least = 0 if self.may_be_blank else 1
        kept = core_schema.str_schema(min_length=least, strip_whitespace=True)
        return core_schema.chain_schema([sent, kept])

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described: JsonSchemaValue = {"type": "string", "maxLength": self.max_length}
        if not self.may_be_blank:
            described |= {"minLength": 1, "pattern": NOT_BLANK}
        return described


@dataclass(frozen=True)
class Amount:
    """A number of thousands, which people write in more ways than one: `90,000` is read, `60.000`
    is refused because it may be sixty. `unit_field` is where its unit is sent."""

    unit_field: str | None = None

    def of(self, value: Any) -> Any:
        """The number, or what is none of ours to judge, for pydantic."""
        # As `_number_or_digits`: two looks at a type are all that a number costs.
        if type(value) is not str:
            return _number_or_digits(value)
        try:
            return read_amount(value, unit_field=self.unit_field)
        except AmountRefused as error:
            raise PydanticCustomError(error.kind, "{reason}", {"reason": str(error)}) from None


@dataclass(frozen=True)
class AlsoAsText:
    """`Annotated[int, Field(ge=1, le=9), AlsoAsText("[1-9]")]`: a number, or its digits in a text,
    as HTML forms send it. `digits` describes the texts within the field's bounds, as a regular
    expression without its anchors. An `Amount` says that it may be of thousands."""

    digits: str
    amount: Amount | None = None

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        read = _number_or_digits if self.amount is None else self.amount.of
        return core_schema.no_info_before_validator_function(read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        number = handler(schema)
        return {"anyOf": [number, {"type": "string", "pattern": as_text(self.digits)}]}


def as_text(digits: str) -> str:
    """The pattern of a number in a text, from that of its digits."""
    return f"^ *({digits}) *$"


def amounts_as_text(millions: int) -> str:
    """The regular expression of the amounts from 0 to so many millions (1 to 9)."""
    below = f"[1-{millions - 1}]" if millions > 2 else "1"
    parts = [
        r"0(\.[0-9]+)?",
        r"[1-9][0-9]{0,2}(\.([0-9]{1,2}|[0-9]{4,}))?",
        r"([1-9][0-9]{3,5}|[1-9][0-9]{0,2},[0-9]{3})(\.[0-9]+)?",
        rf"({millions}000000|{millions},000,000)(\.0+)?",
    ]
    if millions > 1:
        parts.append(rf"{below}([0-9]{{6}}|,[0-9]{{3}},[0-9]{{3}})(\.[0-9]+)?")
    return "|".join(parts)


def years_as_text(first: int, last: int) -> str:
    """The regular expression of the years from `first` to `last`, a hundred at a time."""
    parts = []
    for century in range(first // 100, last // 100 + 1):
        low, high = max(first, century * 100) % 100, min(last, century * 100 + 99) % 100
        parts += [f"{century}{tens}" for tens in _two_digits(low, high)]
    return rf"({'|'.join(parts)})(\.0+)?"


def _two_digits(low: int, high: int) -> list[str]:
    if (low, high) == (0, 99):
        return ["[0-9]{2}"]
    found = []
    for tens in range(low // 10, high // 10 + 1):
        first, last = max(low, tens * 10) % 10, min(high, tens * 10 + 9) % 10
        found.append(f"{tens}[{first}-{last}]")
    return found


def _number_or_digits(value: Any) -> Any:
    # On the way of every prediction: two looks at a type are all that a number costs.
    if type(value) is str:
        if not _NUMBER.fullmatch(value):
            raise PydanticCustomError("number_invalid", "a number is expected, such as 2019")
    elif type(value) is bool:
        raise PydanticCustomError("number_invalid", "a number is expected, not true or false")
    return value


class AmountRefused(ValueError):
    """A text is no amount, or may be one of two; `kind` says which."""

    def __init__(
        self, message: str, kind: Literal["number_invalid", "number_ambiguous"] = "number_invalid"
    ) -> None:
        super().__init__(message)
        self.kind = kind


def read_amount(text: str, *, unit_field: str | None = None) -> float:
    """The number that a text in a request means: digits, perhaps with commas between thousands and
    a point before decimals. Anything else that imports would read is refused with what to send.

    Raises:
        AmountRefused: the message says why, and does not repeat the text.
    """
    if not _DOUBTFUL.fullmatch(text):
        if _NUMBER.fullmatch(text):
            return float(text)
        if _GROUPED.fullmatch(text):
            return float(text.replace(",", ""))
    raise _refusal(text, unit_field)


def _refusal(text: str, unit_field: str | None) -> AmountRefused:
    # What is longer is no number, and shall not be remembered by the reader of numbers.
    if len(text) > MAX_CHARS:
        return AmountRefused(_EXPECTED)
    try:
        number, unit = read_number(text), split_number(text).unit
    except NumberAmbiguous as error:
        few, many = f"{error.decimal:.10g}", f"{error.grouped:.10g}"
        return AmountRefused(
            f"this may be {many} or {few}: send the one that is meant", "number_ambiguous"
        )
    except NumberInvalid:
        return AmountRefused(_EXPECTED)
    told = f", and {unit} as {unit_field}" if unit and unit_field else ""
    return AmountRefused(f"a plain number is expected: send {number:.10g}{told}")


def _no_digits(value: Any) -> Any:
    if type(value) is str or type(value) is bool:
        raise PydanticCustomError("number_invalid", "a number is expected")
    return value


def _no_boolean(value: Any) -> Any:
    if type(value) is bool:
        raise PydanticCustomError("number_invalid", "neither true nor false is expected here")
    return value


# pydantic reads true as 1.
NO_BOOLEAN = BeforeValidator(_no_boolean)
# `Annotated[int, Field(ge=1), NEVER_AS_TEXT]`: 5 and, as in JSON Schema, 5.0, but not "5" or true.
NEVER_AS_TEXT = BeforeValidator(_no_digits)

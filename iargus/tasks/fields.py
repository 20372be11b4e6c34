"""Kinds of fields whose JSON schema says exactly what they take, no more and no less.

pydantic's own reading of a text as a number takes more than any schema tells (`1_000`, `+5`, `1e3`,
`true`), and counts the characters of a text only when the blanks around it are gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

# What is taken off both ends of a text (Unicode's White_Space), for which the dialects of regular
# expressions have different names; `\s` is another set in each.
BLANKS = r"\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
NOT_BLANK = f"[^{BLANKS}]"

# Zeros in front would be another spelling. A minus is read, so that the bounds of a field can say
# that the number is below them.
_NUMBER = re.compile(r" *(0|-?[1-9][0-9]*)(\.[0-9]+)? *")


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
class AlsoAsText:
    """`Annotated[int, Field(ge=1, le=9), AlsoAsText("[1-9]")]`: a number, or its digits in a text,
    as HTML forms send it. `digits` describes the texts within the field's bounds, as a regular
    expression without its anchors."""

    digits: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_number_or_digits, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        number = handler(schema)
        return {"anyOf": [number, {"type": "string", "pattern": as_text(self.digits)}]}


def as_text(digits: str) -> str:
    """The pattern of a number in a text, from that of its digits."""
    return f"^ *({digits}) *$"


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

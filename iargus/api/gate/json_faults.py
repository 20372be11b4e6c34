"""Why a body is not valid JSON, in words for the client's developer: cause, line and field.

Only bodies that were refused come here. What is said never repeats what was sent, but for names of
fields, which are cut short: a body may hold a token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from iargus.api.gate import json_places, json_wording
from iargus.api.gate.json_places import JsonPath, quoted, spell

# Finding a place reads the body once more; in a longer one, line and column have to do.
MAX_SEARCHED_BYTES = 262_144
MAX_FIELDS = 10
_MAX_QUOTES = 100
_MAX_BACKSLASHES = 1000

_POSITION = re.compile(r"(.*) at line (\d+) column (\d+)", re.DOTALL)
_WORD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-"
_TOKEN = re.compile(rb"[A-Za-z0-9_.+-]{1,40}")
_NOT_FINITE = re.compile(rb"[-+]?(nan|inf|infinity)", re.IGNORECASE)


@dataclass(frozen=True)
class Fault:
    """What is wrong, and with which fields, as far as that can be known."""

    detail: str
    fields: tuple[tuple[str, str], ...] = ()


def explain(body: bytes, error: ValueError) -> Fault:
    """Say what is wrong with a body that the parser refused with `error`."""
    if not body.strip():
        return Fault("the body is empty; a JSON object is expected")
    whole = json_wording.other_format(body)
    if whole is not None:
        return Fault(f"the body is not valid JSON: {whole}")
    try:
        body.decode()
    except UnicodeDecodeError as found:
        cause = json_wording.NOT_UTF_8.format(byte=body[found.start])
        return _fault(cause, body, found.start, _place_of_text(body, found.start))
    match = _POSITION.fullmatch(str(error))
    if match is None:
        return Fault("the body is not valid JSON")
    return _at(body, match[1], _offset(body, int(match[2]), int(match[3])))


def explain_twice(body: bytes, name: str) -> Fault:
    """Say which object of a body names something twice."""
    shown = quoted(name)
    detail = f"the body names {shown} twice"
    if len(body) > MAX_SEARCHED_BYTES:
        return Fault(detail)
    read = json.loads(body, object_pairs_hook=_marked)
    place: JsonPath | None = () if isinstance(read, _Twice) else None
    if place is None:
        place = next((path for path, _ in json_places.places(read, _twice_of)), None)
    if place is None:
        return Fault(detail)
    field = spell((*place, name))
    around = f" in {spell(place)}" if place else ""
    return Fault(f"{detail}{around}", ((field, f"{shown} occurs twice"),))


class _Twice:
    """An object in which something is named twice."""


def _marked(members: list[tuple[str, Any]]) -> dict[str, Any] | _Twice:
    found = dict(members)
    return found if len(found) == len(members) else _Twice()


def _twice_of(value: object) -> str | None:
    return "" if isinstance(value, _Twice) else None


def _at(body: bytes, message: str, offset: int) -> Fault:
    """The fault at an offset, of which the parser says `message`."""
    for part, cause in json_wording.IN_A_TEXT.items():
        if part in message:
            return _fault(cause, body, offset, _place_of_text(body, offset))
    for part, cause in json_wording.BETWEEN.items():
        if part in message:
            return _fault(cause, body, offset, None)
    if "trailing characters" in message:
        return _fault(json_wording.behind(body, offset), body, offset, None)
    if message.startswith("EOF"):
        return _cut_off(body, in_a_text="string" in message)
    if "trailing comma" in message:
        comma = len(body[:offset].rstrip()) - 1
        last = _after(_searched(body, comma, json_places.place_of_last))
        return _fault(f"nothing follows a comma{last}", body, comma, None)
    start = len(body[:offset].rstrip(_WORD))
    match = _TOKEN.match(body, start)
    token = match[0] if match else b""
    if _NOT_FINITE.fullmatch(token):
        return _not_finite(body, start, "Infinity" if b"f" in token.lower() else "NaN")
    if "key must be a string" in message:
        comma = len(body[:start].rstrip()) - 1
        if token[:1].isdigit() and body[comma : comma + 1] == b",":
            place = _searched(body, comma, json_places.place_of_last)
            return _fault(json_wording.COMMA_IN_A_NUMBER, body, start, place)
        cause = json_wording.of_name(body, start, token)
        return _fault(cause, body, start, _searched(body, start, json_places.place_of_name))
    if start == offset and message.startswith("expected `,`"):
        cause = json_wording.of_separator(body, start)
        return _fault(cause, body, start, _searched(body, start, json_places.place_of_last))
    cause = json_wording.of_value(body, start, token, message)
    return _fault(cause, body, start, _searched(body, start, json_places.place_of_value))


def _cut_off(body: bytes, *, in_a_text: bool) -> Fault:
    cause = "it ends too early, as if cut off"
    if in_a_text:
        place = _place_of_text(body, len(body))
        cause += f", within {spell(place)}" if place else ""
    else:
        cause += _after(_searched(body, len(body), json_places.place_of_last))
    return _fault(cause, body, len(body), None)


def _after(place: JsonPath | None) -> str:
    return f", after {spell(place)}" if place else ""


class _Constant:
    """NaN or Infinity, where Python's reader finds one."""

    def __init__(self, name: str) -> None:
        self.cause = json_wording.NOT_FINITE.format(name=name.lstrip("-"))


def _not_finite(body: bytes, start: int, name: str) -> Fault:
    """These come from a table, and so often more than once: each field is named."""
    cause = json_wording.NOT_FINITE.format(name=name)
    found: list[tuple[JsonPath, str]] = []
    if len(body) <= MAX_SEARCHED_BYTES:
        try:
            document = json.loads(body, parse_constant=_Constant)
            found = list(islice(json_places.places(document, _cause_of), MAX_FIELDS + 1))
        except (ValueError, RecursionError):
            # Something else is wrong as well: only the first is reported.
            pass
    if not found:
        return _fault(cause, body, start, _searched(body, start, json_places.place_of_value))
    fields = tuple((spell(path), detail) for path, detail in found[:MAX_FIELDS])
    names = ", ".join(field for field, _ in fields) + (", …" if len(found) > MAX_FIELDS else "")
    return Fault(f"the body is not valid JSON: {names}: {cause} ({_line(body, start)})", fields)


def _cause_of(value: object) -> str | None:
    return value.cause if isinstance(value, _Constant) else None


def _searched(body: bytes, end: int, find: Callable[[bytes], JsonPath | None]) -> JsonPath | None:
    return find(body[:end]) if end <= MAX_SEARCHED_BYTES else None


def _place_of_text(body: bytes, offset: int) -> JsonPath | None:
    """The place of the text that is open at an offset."""
    for _ in range(_MAX_QUOTES):
        offset = body.rfind(b'"', 0, offset)
        if offset < 0:
            return None
        before = body[max(0, offset - _MAX_BACKSLASHES) : offset]
        if (len(before) - len(before.rstrip(b"\\"))) % 2 == 0:
            place = _searched(body, offset, json_places.place_of_value)
            return place or _searched(body, offset, json_places.place_of_name)
    return None


def _fault(cause: str, body: bytes, offset: int, place: JsonPath | None) -> Fault:
    field = spell(place) if place else ""
    where = f"{field}: " if field else ""
    detail = f"the body is not valid JSON: {where}{cause} ({_line(body, offset)})"
    return Fault(detail, ((field, cause),) if field else ())


def _line(body: bytes, offset: int) -> str:
    start = body.rfind(b"\n", 0, offset) + 1
    # Of characters, as editors count them.
    column = len(body[start:offset].decode(errors="replace")) + 1
    line = body.count(b"\n", 0, offset) + 1
    return f"line {line}, column {column}"


def _offset(body: bytes, line: int, column: int) -> int:
    """Where a line begins, by halves: a body may be of nothing but lines."""
    low, high = 0, len(body)
    while low < high:
        middle = (low + high) // 2
        if body.count(b"\n", 0, middle) < line - 1:
            low = middle + 1
        else:
            high = middle
    return min(max(low + column - 1, 0), len(body))

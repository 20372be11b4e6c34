"""Texts that fit into pictures. Pure.

Text in SVG has no ellipsis of its own, and a page without script cannot measure it.
"""

from __future__ import annotations

import unicodedata

from iargus.text import printable

_NARROW = set("iljtfrI.,:;'|!()[]-/ ")
_WIDE = set("mwMW@%—…")


def fitted(value: object, ems: float) -> str:
    """As much of a text as is about `ems` times the size of its font wide, at most 30
    characters."""
    line = printable(value, 30)
    if sum(map(_ems, line)) <= ems:
        return line
    width, kept = 1.0, ""
    for character in line:
        width += _ems(character)
        if width > ems:
            break
        kept += character
    return kept.rstrip() + "…"


def _ems(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF" or ord(character) > 0xFFFF:
        return 1.1
    if character in _NARROW:
        return 0.36
    if character in _WIDE:
        return 0.95
    return 0.7 if character.isupper() else 0.58

"""Texts of strangers, made fit for a page: names of columns, categories, words. Pure.

Markup is escaped by the templates. Here goes what escaping leaves: characters that reorder the
text around them, line breaks, and lengths that no page can hold.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

NAME_CHARS = 60
SENTENCE_CHARS = 1200
NAMES = 6  # of a list

_JOINERS = "\u200c\u200d"  # Persian words and composed emoji need them
_SPACES = ("Cc", "Zl", "Zp", "Zs")
_NARROW = set("iljtfrI.,:;'|!()[]-/ ")
_WIDE = set("mwMW@%—…")


def clean(value: object, most: int = NAME_CHARS) -> str:
    """One line of at most `most` characters that cannot reorder what is around it."""
    raw = str(value)[: 8 * most]  # cut first: a text may have megabytes
    line = " ".join("".join(map(_harmless, raw)).split())
    return line if len(line) <= most and len(raw) == len(str(value)) else _cut(line, most)


def fitted(value: object, ems: float) -> str:
    """As much of a text as is about `ems` times the size of its font wide, at most 30 characters.

    Text in SVG has no ellipsis of its own, and a page without script cannot measure it.
    """
    line = clean(value, 30)
    if sum(map(_ems, line)) <= ems:
        return line
    width, kept = 1.0, ""
    for character in line:
        width += _ems(character)
        if width > ems:
            break
        kept += character
    return _cut(kept, len(kept) + 1)


def listed(names: Sequence[object], *, most: int = NAMES, longest: int = 30) -> str:
    """`rivian, vinfast and 3 more`."""
    shown = ", ".join(clean(name, longest) for name in names[:most])
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category in _SPACES:
        return " "
    if category == "Cf" and character not in _JOINERS:
        return ""
    # Half of a surrogate pair cannot be written as UTF-8.
    return "\ufffd" if category in ("Cs", "Co", "Cn") else character


def _cut(line: str, most: int) -> str:
    return line[: most - 1].rstrip() + "…"


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

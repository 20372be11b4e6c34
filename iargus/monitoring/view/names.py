"""Texts from data and servers, made fit for any page, mail or terminal. Pure.

Markup is escaped by the templates. Here goes what escaping leaves: characters that reorder the
text around them, line breaks, and lengths that nothing can hold.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

NAME_CHARS = 60
SENTENCE_CHARS = 1200
NAMES = 6  # of a list

_CUT = "…"
_JOINERS = "\u200c\u200d"  # Persian words and composed emoji need them
_SPACES = ("Cc", "Zl", "Zp", "Zs")


def printable(value: object, most: int = NAME_CHARS) -> str:
    """One line of at most `most` characters, and twice as many bytes, that cannot reorder what is
    around it; cut between words where there are any."""
    raw = str(value)
    if len(raw) <= most and raw.isascii() and raw.isprintable() and "  " not in raw:
        return raw.strip()  # nearly always
    start = raw[: 8 * most]  # cut first: a text may have megabytes
    line = " ".join("".join(map(_harmless, start)).split())
    if len(line) <= most and len(line.encode()) <= 2 * most and len(start) == len(raw):
        return line
    room = line[:most].encode()[: 2 * most - len(_CUT.encode())].decode(errors="ignore")
    whole, _, _ = room.rpartition(" ")
    return (whole if len(whole) > most // 2 else room[: most - 1]).rstrip(" ,;:(") + _CUT


def listed(names: Iterable[object], *, most: int = NAMES, longest: int = 30) -> str:
    """`rivian, vinfast and 3 more`."""
    every = list(names)
    shown = ", ".join(printable(name, longest) for name in every[:most])
    return f"{shown} and {len(every) - most:,} more" if len(every) > most else shown


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category in _SPACES:
        return " "
    if category == "Cf" and character not in _JOINERS:
        return ""
    # Half of a surrogate pair cannot be written as UTF-8.
    return "\ufffd" if category in ("Cs", "Co", "Cn") else character

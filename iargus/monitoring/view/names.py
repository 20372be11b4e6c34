"""Lists of names for pages, mails and terminals. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from iargus.text import printable

SENTENCE_CHARS = 1200
NAMES = 6  # of a list


def listed(names: Iterable[object], *, most: int = NAMES, longest: int = 30) -> str:
    """`rivian, vinfast and 3 more`."""
    every = list(names)
    shown = ", ".join(printable(name, longest) for name in every[:most])
    return f"{shown} and {len(every) - most:,} more" if len(every) > most else shown


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]

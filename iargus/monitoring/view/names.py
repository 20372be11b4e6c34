"""Texts of strangers, made fit for any page, mail or terminal: names of columns, words. Pure.

Markup is escaped by the templates. Here goes what escaping leaves: characters that reorder the
text around them, line breaks, and lengths that nothing can hold.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

NAME_CHARS = 60
SENTENCE_CHARS = 1200
NAMES = 6  # of a list

_JOINERS = "\u200c\u200d"  # Persian words and composed emoji need them
_SPACES = ("Cc", "Zl", "Zp", "Zs")


def clean(value: object, most: int = NAME_CHARS) -> str:
    """One line of at most `most` characters that cannot reorder what is around it."""
    raw = str(value)[: 8 * most]  # cut first: a text may have megabytes
    line = " ".join("".join(map(_harmless, raw)).split())
    return line if len(line) <= most and len(raw) == len(str(value)) else cut(line, most)


def listed(names: Sequence[object], *, most: int = NAMES, longest: int = 30) -> str:
    """`rivian, vinfast and 3 more`."""
    shown = ", ".join(clean(name, longest) for name in names[:most])
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown


def cut(line: str, most: int) -> str:
    """At most `most` characters, the last of which says that there were more."""
    return line[: most - 1].rstrip() + "…"


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category in _SPACES:
        return " "
    if category == "Cf" and character not in _JOINERS:
        return ""
    # Half of a surrogate pair cannot be written as UTF-8.
    return "\ufffd" if category in ("Cs", "Co", "Cn") else character

"""How texts are read (without case and accents, in words and signs) and shown. Pure."""

from __future__ import annotations

import unicodedata
from typing import Any

# A word, or one sign that is neither word nor blank: "?", "€" and emoji carry meaning here.
WORD_OR_SIGN = r"\w+|[^\w\s]"


def without_accents(text: str) -> str:
    """Casefold, decompose (NFKD) and drop the combining marks: ``Citroën`` → ``citroen``."""
    if text.isascii():  # such letters have no accents, and most names are made of them
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def normalised(text: Any, max_chars: int) -> str:
    """Return ``text`` cut at ``max_chars``, casefolded, without accents; ``""`` if it is no text.

    The cut bounds the time of one answer.
    """
    # The second cut is for the few letters that grow when decomposed.
    return without_accents(text[:max_chars])[:max_chars] if isinstance(text, str) else ""


def counted(number_of: int, one: str, many: str | None = None) -> str:
    """`1 row`, `1,204 rows`."""
    return f"{number_of:,} {one if number_of == 1 else many or one + 's'}"


_CUT = "…"
_JOINER = "\u200d"  # holds the parts of one emoji together


def printable(text: object, most: int) -> str:
    """One line of at most `most` characters, and twice as many bytes, cut between words where
    there are any.

    Without control characters, line breaks of any script, halves of surrogate pairs (no mail and no
    database takes them) and signs that turn the direction of what follows.
    """
    # A little more than is shown is enough: a value may be megabytes long.
    start = str(text)[: 4 * most]
    line = " ".join("".join(_visible(char) for char in start).split())
    if len(line) <= most and len(line.encode()) <= 2 * most:
        return line
    room = line[:most].encode()[: 2 * most - len(_CUT.encode())].decode(errors="ignore")
    whole, _, _ = room.rpartition(" ")
    return (whole if len(whole) > most // 2 else room[: most - 1]).rstrip(" ,;:(") + _CUT


def _visible(char: str) -> str:
    if char == _JOINER or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return char
    return " "

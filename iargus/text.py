"""How texts are read (without case and accents, in words and signs) and shown. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
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

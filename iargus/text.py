"""How texts are read: without case and accents, in words and signs. Pure."""

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

"""How a sentence is read; nothing here imports scikit-learn or pandas."""

from typing import Any

from iargus.tasks.car_price.canonical import without_accents

# A word, or one sign that is neither word nor blank: "?", "€" and emoji carry meaning here.
WORD_OR_SIGN = r"\w+|[^\w\s]"


def normalised(text: Any, max_chars: int) -> str:
    """Return ``text`` cut at ``max_chars``, casefolded, without accents; ``""`` if it is no text.

    The cut bounds the time of one answer.
    """
    # The second cut is for the few letters that grow when decomposed.
    return without_accents(text[:max_chars])[:max_chars] if isinstance(text, str) else ""

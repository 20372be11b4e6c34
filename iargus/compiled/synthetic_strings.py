"""Texts that nobody would write, and some that people do; seeded, and made in bulk."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

ODD = (
    "",
    " ",
    "\t\n",
    "\x00",
    "\x1c\x1f",  # white space to Python, not to everybody
    "\u00a0",
    "\u200b",
    "\u3000",
    "é",
    "e\u0301",
    "ß",
    "İ",
    "ſ",
    "ﬀ",
    "ﷺ",  # 18 letters when decomposed
    "ø",
    "Ω",
    "Å",
    "½",
    "²",
    "日本語",
    "한국",
    "שלום",
    "🙂",
    "👩‍👩‍👧",
    "🇺🇸",
    "\ufeff",
    "\U0010ffff",
    "nan",
    "None",
    "0",
    "-",
    "_",
    "?",
    "€",
    "'\";--",
)
_BLANKS = (" ", "  ", "\t", "\u00a0", "\x1d", "-", "_", ".", "")
_ACCENTS = ("", "\u0301", "\u0308", "\u0327")


def mutated(rng: np.random.Generator, known: Sequence[str], count: int) -> list[str]:
    """Return ``count`` texts: known ones as they are, misspelt and decorated, and odd ones."""
    names = list(known) or ["x"]
    which, how = rng.integers(len(names), size=count), rng.integers(len(_CHANGES), size=count)
    return [_CHANGES[h](names[w], rng) for w, h in zip(which.tolist(), how.tolist(), strict=True)]


def odd(rng: np.random.Generator) -> str:
    """One of `ODD`, or some characters drawn from all of Unicode but surrogates."""
    if rng.random() < 0.7:
        return ODD[rng.integers(len(ODD))]
    points = rng.integers(1, 0x110000, size=rng.integers(1, 8))
    return "".join(chr(p) for p in points.tolist() if not 0xD800 <= p < 0xE000)


def blank(rng: np.random.Generator) -> str:
    """Something that may stand between words."""
    return " " if rng.random() < 0.7 else _BLANKS[rng.integers(len(_BLANKS))]


def _accented(text: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(len(text) + 1))
    return text[:at] + _ACCENTS[rng.integers(len(_ACCENTS))] + text[at:]


def _misspelt(text: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(len(text) + 1))
    return text[:at] + odd(rng) + text[at + 1 :]


_CHANGES: tuple[Callable[[str, np.random.Generator], str], ...] = (
    lambda text, _: text,
    lambda text, _: text,
    lambda text, _: text.upper(),
    lambda text, _: text.title(),
    lambda text, rng: f"{blank(rng)}{text}{blank(rng)}",
    lambda text, rng: text.replace(" ", blank(rng)).replace("-", blank(rng)),
    _accented,
    _misspelt,
    lambda text, rng: text[: int(rng.integers(len(text) + 1))],
    lambda text, rng: f"{text} {odd(rng)}",
    lambda _, rng: odd(rng),
)

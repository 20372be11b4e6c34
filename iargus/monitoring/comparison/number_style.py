"""Numbers with decimal commas, and with thousands apart, as a whole column writes them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

_CURRENCY = r"(?:[$€£¥]|USD|EUR|GBP|CHF)?"
_SIGN = rf"\s*[-+−]?\s*{_CURRENCY}\s*[-+−]?"
_END = rf"\s*(?:{_CURRENCY}|%)\s*"
_LEAST = 0.95  # of the values; the others are faults, and told as such


@dataclass(frozen=True)
class NumberStyle:
    """What separates decimals and thousands; `""` where nothing does."""

    decimal: str
    thousands: str

    @property
    def shown(self) -> str:
        parts = [f"decimal {self.decimal!r}"] if self.decimal else []
        parts += [f"thousands {self.thousands!r}"] if self.thousands else []
        return " and ".join(parts)

    @property
    def pattern(self) -> re.Pattern[str]:
        decimal = rf"(?:{re.escape(self.decimal)}\d+)?" if self.decimal else ""
        whole = rf"\d{{1,3}}(?:{_any(self.thousands)}\d{{3}})+|\d+" if self.thousands else r"\d+"
        return re.compile(rf"{_SIGN}(?:{whole}){decimal}{_END}")


# The first that fits: what has thousands apart is seldom something else.
_STYLES = (
    NumberStyle(".", ","),
    NumberStyle(",", "."),
    NumberStyle(",", " "),
    NumberStyle(".", " "),
    NumberStyle(".", "'"),
)
_PLAIN = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")


def styles_of(sample: pd.DataFrame) -> dict[str, NumberStyle]:
    """The style of each column of texts that are numbers, but not as programs write them."""
    found: dict[str, NumberStyle] = {}
    for name in sample.columns:
        style = _style(sample[name])
        if style is not None:
            found[str(name)] = style
    if any(style.decimal == "," for style in found.values()):
        # 61.400 beside 8123,50: nobody writes both signs for decimals in one file.
        for name in sample.columns:
            values = sample[name].dropna().unique()
            if name not in found and len(values) and _are_thousands(values):
                found[str(name)] = NumberStyle(",", ".")
    return found


def to_numbers(frame: pd.DataFrame, styles: Mapping[str, NumberStyle]) -> pd.DataFrame:
    """The columns of `styles` as numbers; what is none stays as it is, to be seen."""
    for name in frame.columns:
        style = styles.get(str(name))
        if style is not None:
            frame[name] = _numbers(frame[name], style)
    return frame


def _style(column: pd.Series) -> NumberStyle | None:
    values = [str(value) for value in column.dropna().unique()]
    odd = [value for value in values if not _PLAIN.fullmatch(value)]
    if not odd or not any(character.isdigit() for character in odd[0]):
        return None
    for style in _STYLES:
        fit = sum(style.pattern.fullmatch(value) is not None for value in values)
        if fit >= _LEAST * len(values) and any(map(style.pattern.fullmatch, odd)):
            return style
    return None


def _are_thousands(values: object) -> bool:
    texts = [str(value).strip() for value in values]  # type: ignore[attr-defined]
    grouped = [text for text in texts if re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+", text)]
    return bool(grouped) and all(text.isdigit() or text in set(grouped) for text in texts)


def _numbers(column: pd.Series, style: NumberStyle) -> pd.Series:
    text = column.astype("str").str.replace(r"[^\d.,'’eE+\-−]", "", regex=True)
    if style.thousands and style.thousands != " ":
        text = text.str.replace(_any(style.thousands), "", regex=True)
    text = text.str.replace("−", "-").str.replace(",", ".")
    numbers = pd.to_numeric(text.where(column.notna()), errors="coerce").astype("float64")
    lost = numbers.isna() & column.notna()
    if not lost.any():
        return numbers
    mixed = numbers.astype(object)
    mixed[lost] = column[lost]
    return mixed


def _any(thousands: str) -> str:
    return {" ": "[ \u00a0\u2009\u202f]", "'": "['’]"}.get(thousands, re.escape(thousands))

"""Simulated months whose truth is known, drawn alike in every process; needs numpy alone.

What `bench.calibration.cases` draws as counts is drawn here row by row, for libraries that want
tables. A part of a world depends only on its name, so that each process draws what it looks at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Columns = dict[str, Column]

SEED, REFERENCE_ROWS, MONTHS = 20261121, 10_000, 12
HEALTHY, LIMIT, WORSE = 0.19, 0.20, 0.22  # MAPE of a model as it should be; its limit; too much
NUMBERS = [*(f"number {place}" for place in range(6)), "prediction"]
LEVELS = {f"category {levels}": levels for levels in (2, 8, 60, 500)}
FEATURES = [*NUMBERS, *LEVELS]


@dataclass(frozen=True)
class World:
    """One repetition of a case; `rows` are those of a month."""

    case: str
    repeat: int
    rows: int

    def table(self, part: str, rows: int, *, mape: float = HEALTHY, shift: float = 0.0) -> Columns:
        """Ten features, of which `shift` moves the first, predictions and their labels."""
        random = self.random(part)
        columns: Columns = {}
        for name in NUMBERS[:-1]:
            columns[name] = random.standard_normal(rows) + (shift if name == "number 0" else 0.0)
        for name in NUMBERS[4:-1]:
            columns[name][random.random(rows) < 0.05] = np.nan
        for name, levels in LEVELS.items():
            columns[name] = _category(random, rows, levels)
        return columns | self.prices(part, rows, mape=mape)

    def prices(self, part: str, rows: int, *, mape: float) -> Columns:
        """Labels and predictions whose relative error is lognormal, of mean `mape` and CV 1."""
        random = self.random(f"{part} prices")
        label = 10_000 * np.exp(0.5 * random.standard_normal(rows))
        sigma = np.sqrt(np.log(2))
        error = mape * np.exp(sigma * random.standard_normal(rows) - sigma**2 / 2)
        below = (random.random(rows) < 0.5) & (error < 1)  # a price stays above nothing
        return {"prediction": label * (1 + np.where(below, -error, error)), "label": label}

    def months(self) -> Iterator[Columns]:
        """A year in which nothing has changed."""
        for month in range(MONTHS):
            yield self.table(f"month {month}", self.rows)

    def normal(self, part: str, months: int) -> Column:
        return self.random(part).standard_normal(months * self.rows)

    def random(self, part: str) -> np.random.Generator:
        return np.random.default_rng([SEED, _number(self.case), self.repeat, _number(part)])


def errors_of(columns: Columns) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.abs(columns["label"] - columns["prediction"]) / columns["label"]
    return found


def digest(tables: Sequence[Columns]) -> int:
    """The same in two processes only if they have drawn the same."""
    found = 0
    for columns in tables:
        for name in sorted(columns):
            found = crc32(np.ascontiguousarray(columns[name]).tobytes(), found)
    return found


def _category(random: np.random.Generator, rows: int, levels: int) -> Column:
    """Levels whose share falls as 1 / rank, so that most are rare."""
    upto = np.cumsum(1 / np.arange(1, levels + 1))
    drawn = np.searchsorted(upto / upto[-1], random.random(rows), side="right")
    return np.array([f"level {place}" for place in range(levels)])[drawn]


def _number(name: str) -> int:
    return crc32(name.encode())

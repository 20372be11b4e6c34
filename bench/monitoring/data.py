"""Cars that were sold, in two Parquet files of 20 features: one as it was, one as it has become.

Written in parts, so that making ten million rows takes little memory. Three features change on
purpose; everything else, the prediction and its error included, stays.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

PART = 100_000  # rows made at a time
ROW_GROUP = 500_000
LABEL, PREDICTION = "price", "predicted"
CHANGED = {"mileage", "rating", "fuel"}
CATEGORIES = {"gearbox": 2, "fuel": 5, "colour": 14, "make": 40, "state": 50, "model": 500}
SELLERS = 100_000


def write_files(folder: Path, rows: int) -> tuple[Path, Path]:
    """Make `rows` reference rows and as many new ones, unless they are there."""
    paths = folder / f"reference_{rows}.parquet", folder / f"current_{rows}.parquet"
    for seed, path in enumerate(paths):
        if not path.exists():
            _write(path, rows, seed)
    return paths


def _write(path: Path, rows: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    unfinished = path.with_suffix(".part")
    writer: pq.ParquetWriter | None = None
    held: list[pa.Table] = []
    for start in range(0, rows, PART):
        frame = part(random, min(PART, rows - start), changed=seed > 0)
        held.append(pa.Table.from_pandas(frame, preserve_index=False))
        writer = writer or pq.ParquetWriter(unfinished, held[0].schema)
        if len(held) * PART >= ROW_GROUP or start + PART >= rows:
            writer.write_table(pa.concat_tables(held), row_group_size=ROW_GROUP)
            held = []
    if writer is not None:
        writer.close()
    unfinished.rename(path)


def part(random: np.random.Generator, rows: int, *, changed: bool) -> pd.DataFrame:
    """So many cars: 12 numbers, 6 categories of 2 to 500 levels, one of 100,000, one yes or no."""
    age = random.gamma(2.5, 2.6, rows)
    power = random.lognormal(4.8, 0.4, rows)
    mileage = age * 11_000 * random.lognormal(0.2 if changed else 0, 0.5, rows)
    price = 30_000 * np.exp(-age / 8) * (power / 120) ** 0.7 * random.lognormal(0, 0.2, rows)
    frame = {
        "year": 2026 - age.astype(np.int64),
        "mileage": mileage.astype(np.int64),
        "power": power.round(1),
        "engine": random.choice([0.9, 1.0, 1.2, 1.4, 1.6, 2.0, 2.5, 3.0], rows),
        "weight": random.normal(1400, 220, rows),
        "consumption": random.normal(6.5, 1.5, rows),
        "rating": _missing(random, random.beta(8, 2, rows), 0.09 if changed else 0.05),
        "owners": _missing(random, random.poisson(0.8, rows).astype(np.float64), 0.02),
        "doors": random.choice([2, 3, 4, 5], rows, p=[0.1, 0.2, 0.1, 0.6]),
        "days_listed": random.exponential(30, rows).astype(np.int64),
        "distance": random.exponential(250, rows),
        "list_price": price * random.lognormal(0.05, 0.1, rows),
        "warranty": random.random(rows) < 0.3,
        "seller": _named("seller", random.integers(0, SELLERS, rows)),
    }
    for name, levels in CATEGORIES.items():
        shares = 1 / np.arange(1, levels + 1)
        if changed and name == "fuel":
            shares = shares**0.6
        frame[name] = _named(name, random.choice(levels, rows, p=shares / shares.sum()))
    frame[LABEL] = price.round()
    frame[PREDICTION] = price * np.exp(random.normal(0, 0.22, rows))
    return pd.DataFrame(frame)


def _missing(
    random: np.random.Generator, values: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    return np.where(random.random(len(values)) < share, np.nan, values)


def _named(name: str, numbers: NDArray[np.int64]) -> pd.Series:
    names = np.array([f"{name} {number}" for number in range(int(numbers.max()) + 1)])
    return pd.Series(names[numbers])

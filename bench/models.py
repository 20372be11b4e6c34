"""How good the shipped kinds of model are on real data: `python -m bench.models FOLDER`.

FOLDER holds vehicles_us.csv, idiwii_train.json and atis_train.tsv. Prices are cross-validated in
time: fitted on everything before a month, measured on that month without the rows that repeat an
older one. Sentences are cross-validated in five folds. `--minimum-price` shows how much the error
depends on which prices count as prices.

A second table says what becomes of names that a model has not seen: with " SE" behind every model,
with one letter missing, and with every make hidden from the training that is measured on it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track
from rich.table import Table

import iargus.threads  # noqa: F401 - before scikit-learn is imported
from iargus.settings import Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.labelled.store import LabelledStore
from iargus.tasks.base import Task
from iargus.tasks.car_price.canonical import canonical_make
from iargus.tasks.catalogue import Catalogue
from iargus.training.evaluate import evaluate

MONTHS = ("2018-10", "2018-12", "2019-01")
FOLDS = 5
CONFIG = """\
tasks:
  car_price:
    {{kind: car_price, path: /predict, threshold: 0.2, options: {{minimum_price_usd: {minimum}}}}}
  idiwii: {{kind: text_intent, path: /idiwii, threshold: 0.2}}
  atis: {{kind: text_intent, path: /atis, threshold: 0.2}}
"""


def in_time(rows: pd.DataFrame, task: Task) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Everything before a month, and that month without repeats of it."""
    keys = pd.util.hash_pandas_object(rows[[*task.features, "label"]].astype(str), index=False)
    for month in MONTHS:
        start = pd.Timestamp(f"{month}-01")
        before = rows["observed_at"] < start
        within = ~before & (rows["observed_at"] < start + pd.DateOffset(months=1))
        yield rows[before], rows[within & ~keys.isin(keys[before])]


def in_folds(rows: pd.DataFrame, _: Task) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Folds with about the same share of every label; the rarest labels are not in all of them."""
    shuffled = rows.sample(frac=1, random_state=0).sort_values("label", kind="stable")
    fold = np.arange(len(shuffled)) % FOLDS
    for number in range(FOLDS):
        yield shuffled[fold != number], shuffled[fold == number]


def measure(task: Task, parts: list[tuple[pd.DataFrame, pd.DataFrame]]) -> list[dict[str, float]]:
    """The metrics of each part."""
    found = []
    for train, test in track(parts, description=task.name, console=Console(stderr=True)):
        estimator = task.build_estimator()
        estimator.fit(task.training_frame(train), train["label"].to_numpy())
        found.append(evaluate(task, estimator, test.reset_index(drop=True)).metrics)
    return found


def without_a_letter(name: str, random: np.random.Generator) -> str:
    places = [place for place, letter in enumerate(name) if letter.isalnum()]
    at = places[random.integers(len(places))]
    return name[:at] + name[at + 1 :]


def by_make(rows: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """All rows but those of some makes, and these; frequent makes are dealt out in turn."""
    makes = rows["make"].map(canonical_make)
    fold = makes.map({make: at % FOLDS for at, make in enumerate(makes.value_counts().index)})
    for number in range(FOLDS):
        yield rows[fold != number], rows[fold == number]


def measure_unknown(task: Task, rows: pd.DataFrame) -> Table:
    """MedAPE, MAPE and coverage where names are not known."""
    random = np.random.default_rng(0)
    found: dict[str, list[dict[str, float]]] = {}
    parts = [(True, *part) for part in in_time(rows, task)]
    parts += [(False, *part) for part in by_make(rows)]
    for known, train, test in track(
        parts, description="unknown names", console=Console(stderr=True)
    ):
        estimator = task.build_estimator()
        estimator.fit(task.training_frame(train), train["label"].to_numpy())
        missing = [without_a_letter(name, random) for name in test["model"]]
        tried = {
            "as they are": test,
            '" SE" behind': test.assign(model=test["model"] + " SE"),
            "a letter missing": test.assign(model=missing),
        }
        for name, cars in (tried if known else {"make never seen": test}).items():
            rows_of = cars.reset_index(drop=True)
            found.setdefault(name, []).append(evaluate(task, estimator, rows_of).metrics)
    shown = ("median_ape", "mape", "interval_coverage", "interval_relative_width")
    least = "lowest coverage"
    table = Table("names", *shown, least, title=f"{task.name}: names that are not known")
    for name, each in found.items():
        means = (f"{np.mean([part[key] for part in each]):.4g}" for key in shown)
        table.add_row(name, *means, f"{min(part['interval_coverage'] for part in each):.4g}")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with the real data")
    parser.add_argument("--minimum-price", type=int, default=500, help="in US dollars; 500")
    parser.add_argument("--cars-only", action="store_true", help="leave out the sentences")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="models") as name:
        folder = Path(name)
        (folder / "config.yml").write_text(CONFIG.format(minimum=given.minimum_price))
        environ = {"IARGUS_CONFIG": str(folder / "config.yml"), "IARGUS_VAR": str(folder / "var")}
        cars, french, english = ("vehicles_us.csv", "idiwii_train.json", "atis_train.tsv")
        for command in (
            ["db", "upgrade"],
            ["import", "cars", str(given.folder / cars), "--preset", "vehicles-us"],
            ["import", "examples", str(given.folder / french), "--task", "idiwii"],
            ["import", "examples", str(given.folder / english), "--task", "atis"],
        ):
            subprocess.run(
                [sys.executable, "-m", "iargus", *command], env=os.environ | environ, check=True
            )
        settings = Settings.read(environ)
        database = Database.connect(LABELLED, settings)
        for task in Catalogue.read(settings.policy):
            if given.cars_only and task.name != "car_price":
                continue
            rows = LabelledStore(task, database).rows()
            split = in_time if task.name == "car_price" else in_folds
            found = measure(task, list(split(rows, task)))
            table = Table("metric", *(f"{number + 1}" for number in range(len(found))), "mean")
            for metric in found[0]:
                values = [part[metric] for part in found]
                cells = [f"{value:.4g}" for value in [*values, float(np.mean(values))]]
                table.add_row(metric, *cells)
            table.title = f"{task.name}: {len(rows):,} rows"
            Console(width=100).print(table)
            if task.name == "car_price":
                Console(width=100).print(measure_unknown(task, rows))


if __name__ == "__main__":
    main()

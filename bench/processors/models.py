"""Fit both shipped kinds as a fresh clone does, and write what they predict: one process of
`python -m bench.processors --models`."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import iargus.threads  # noqa: F401 - before scikit-learn is imported

# ruff: isort: split
import numpy as np
import pandas as pd

from bench.processors.last_digits import SEED, change_last_digits
from iargus.settings import Policy
from iargus.tasks.catalogue import Catalogue
from iargus.training.fit import fit_candidate
from iargus.training.seed import load_sentences
from iargus.training.simulator import SimulationPlan, simulate

CARS = {"rows": 24_000, "months": 24, "end": date(2026, 11, 1), "seed": 0}
LATER = {"rows": 6_000, "months": 1, "end": date(2026, 12, 1), "seed": 1}
HELD_OUT = 5  # one sentence of so many is predicted and not learned from


def cars(plan: dict[str, object]) -> pd.DataFrame:
    """Simulated sales as labelled rows."""
    plan_of_sales = SimulationPlan(**plan)  # type: ignore[arg-type]
    months: pd.DataFrame = pd.concat(simulate(plan_of_sales), ignore_index=True)
    return months.rename(columns={"price": "label", "date_added": "observed_at"})


def predictions() -> dict[str, np.ndarray]:
    """What both kinds predict of rows that they have not learned from, and the labels of these."""
    catalogue = Catalogue.read(Policy())
    price, intent = catalogue.get("car_price"), catalogue.get("intent")
    later = cars(LATER)
    fitted = fit_candidate(price, cars(CARS))
    frame = price.training_frame(later)
    _, low, high = fitted[-1].predict_with_interval(fitted[:-1].transform(frame))
    sentences = load_sentences().assign(observed_at=pd.Timestamp("2026-10-01"))
    out = np.arange(len(sentences)) % HELD_OUT == 0
    classifier = fit_candidate(intent, sentences[~out])
    texts = intent.training_frame(sentences[out])
    return {
        "price": fitted.predict(frame),
        "low": low,
        "high": high,
        "actual": later["label"].to_numpy(),
        "probability": classifier.predict_proba(texts),
        "intent": classifier.predict(texts).astype(str),
        "label": sentences["label"][out].to_numpy().astype(str),
    }


def main() -> None:
    if SEED in os.environ:
        change_last_digits()
    with Path(sys.argv[1]).open("wb") as file:
        np.savez(file, **predictions())  # type: ignore[arg-type]


if __name__ == "__main__":
    main()

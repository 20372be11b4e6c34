"""Do bundles answer as scikit-learn? `python -m bench.parity [--rows 1000000]`.

Fits both shipped kinds on what comes with the project (simulated sales, the sentences), exports
them, and compares every number of a million synthetic rows each, answered one by one and at once.
Prints the worst relative difference, and what one row and a thousand rows cost. Ends with status 1
when a label or a number differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sklearn.pipeline import Pipeline

import iargus.threads  # noqa: F401 - before scikit-learn is imported
from iargus.compiled.bundle import Bundle
from iargus.compiled.form import CompiledForm
from iargus.serving.compilation.compiling import export_bundle
from iargus.serving.compilation.parity import check_parity
from iargus.settings import Policy
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue
from iargus.training.seed import labelled_months, load_sentences
from iargus.training.simulator import SimulationPlan

SALES = 20_000
BATCH = 1_000
TURNS = 9


def fitted() -> list[tuple[Task, Pipeline]]:
    """Each shipped task with a fitted pipeline."""
    plan = SimulationPlan(rows=SALES, months=24, end=date(2026, 1, 1), seed=0)
    sales, sentences = pd.concat(labelled_months(plan)), load_sentences()
    rows = {"car_price": sales, "intent": sentences.assign(observed_at=pd.Timestamp(2026, 1, 1))}
    found = []
    for name, its in rows.items():
        task = Catalogue.read(Policy()).get(name)
        found.append((task, task.build_estimator().fit(task.training_frame(its), its["label"])))
    return found


def cost(form: CompiledForm[Any], bundle: Bundle) -> tuple[float, float]:
    """Microseconds of the processor for one row, and milliseconds for a thousand; the best of
    some turns, for others may use this machine."""
    rows = form.synthetic_rows(bundle, 99).rows(BATCH)
    one, many = [], []
    for _ in range(TURNS):
        start = time.process_time()
        for row in rows:
            bundle.predict_one(row)
        middle = time.process_time()
        bundle.predict_many(rows)
        one.append((middle - start) / BATCH * 1e6)
        many.append((time.process_time() - middle) * 1e3)
    return min(one), min(many)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="fuzzed rows of each kind")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    table = Table("kind", "rows", "mismatches", "worst difference", "load", "1 row", "1,000 rows")
    equal = True
    with tempfile.TemporaryDirectory() as folder, Progress() as progress:
        for task, pipeline in fitted():
            form, place = task.compiled_form, Path(folder) / task.name
            assert form is not None
            export_bundle(form, pipeline, place)
            start = time.process_time()
            bundle = form.load(place)
            load_ms = (time.process_time() - start) * 1e3
            bar = progress.add_task(form.kind, total=arguments.rows)
            parity = check_parity(
                form,
                pipeline,
                bundle,
                rows=arguments.rows,
                seed=arguments.seed,
                progress=lambda done, bar=bar: progress.advance(bar, done),  # type: ignore[misc]
            )
            one, many = cost(form, bundle)
            table.add_row(
                form.kind,
                f"{parity.rows:,}",
                f"{parity.mismatches:,}",
                f"{parity.worst:.3g}",
                f"{load_ms:.0f} ms",
                f"{one:.1f} µs",
                f"{many:.1f} ms",
            )
            equal &= parity.equal
            if parity.first is not None:
                progress.console.print(f"first mismatch of {form.kind}: {parity.first}")
    Console().print(table)
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())

"""How fast labelled rows are read from MariaDB in a stream and scored, and in how much memory.

Run `python -m bench.scoring`, with `--task intent` for sentences, `--rows` for another history. It
starts a MariaDB of its own, trains a champion, and scores the newest month while it is alone in
the table; then, with the whole history there, that month again, as many rows as a tenth of the
history has, and all. Each is a process of its own (`bench/scoring_child.py`), so that its memory
is its own too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import iargus.threads  # noqa: F401 - before scikit-learn is imported
import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from iargus.database import LABELLED, Database
from iargus.labelled.store import labelled_store
from iargus.migrate import upgrade
from iargus.models import artefact
from iargus.settings import Environment, Policy, Settings
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue
from iargus.training.fit import fit_candidate
from iargus.training.sentences import load_sentences
from iargus.training.simulated import labelled_months
from iargus.training.simulator import SimulationPlan
from tests.services.mariadb import MariaDB
from tests.services.require import require_program

ROOT = Path(__file__).parents[1]
END = date(2026, 1, 1)
MONTHS = 24
TRAINED_ON = 20_000
ADDED_AT_ONCE = 50_000


def history(task: Task, rows: int) -> list[pd.DataFrame]:
    """Labelled rows, one table a month: simulated sales, or the shipped sentences with numbers
    behind them, so that no two are equal."""
    if task.name == "car_price":
        return list(labelled_months(SimulationPlan(rows=rows, months=MONTHS, end=END, seed=0)))
    sentences = load_sentences()
    drawn = sentences.iloc[np.random.default_rng(0).integers(0, len(sentences), rows)]
    texts = [f"{text} {number}" for number, text in enumerate(drawn["text"])]
    times = pd.date_range(end=END, periods=rows + 1, freq="64s", inclusive="left")
    found = pd.DataFrame({"text": texts, "label": drawn["label"].array, "observed_at": times})
    return [found[found.index * MONTHS // rows == month] for month in range(MONTHS)]


def score(arguments: dict[str, Any], environ: dict[str, str], rows: int, show: Progress) -> Any:
    """Score in a process of its own and give what it reports at its end."""
    bar = show.add_task(str(arguments.pop("name")), total=rows)
    command = [sys.executable, "-m", "bench.scoring_child", json.dumps(arguments)]
    with subprocess.Popen(
        command, env=os.environ | environ, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        report: Any = None
        for line in process.stdout or ():
            report = json.loads(line)
            show.update(bar, completed=report["rows"])
    if process.returncode or report is None:
        raise SystemExit(f"the process that scores ended with {process.returncode}")
    return report


def fill(task: Task, settings: Settings, months: list[pd.DataFrame], show: Progress) -> None:
    database = Database.connect(LABELLED, settings)
    bar = show.add_task("rows added", total=sum(map(len, months)))
    for month in months:
        for start in range(0, len(month), ADDED_AT_ONCE):
            part = month.iloc[start : start + ADDED_AT_ONCE]
            labelled_store(task, database).add(part, source="bench")
            show.advance(bar, len(part))
    database.dispose()


@contextmanager
def world(folder: Path) -> Iterator[dict[str, str]]:
    """A MariaDB with empty tables, as variables of the environment."""
    programs = (require_program(name) for name in ("mariadb-install-db", "mariadbd"))
    install, program = programs
    server = MariaDB(folder / "mariadb", install=install, server=program)
    try:
        server.start()
        server.reset()
        environ = {"IARGUS_VAR": str(folder / "var"), **server.environ()}
        database = Database.connect(LABELLED, Settings(Environment.read(environ), Policy()))
        upgrade(database)
        database.dispose()
        yield environ
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", choices=["car_price", "intent"], default="car_price")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the history")
    options = parser.parse_args()
    task = Catalogue.read(Policy()).get(options.task)
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        tempfile.TemporaryDirectory(prefix="scr") as name,
        Progress(*columns, TimeElapsedColumn(), console=console) as show,
        world(Path(name)) as environ,
    ):
        months = history(task, options.rows)
        every = pd.concat(months, ignore_index=True)
        champion = fit_candidate(task, every.sample(min(TRAINED_ON, len(every)), random_state=0))
        file = Path(name) / "champion.skops"
        call = {"task": task.name, "model": str(file), "sha256": artefact.save(champion, file)}
        settings = Settings(Environment.read(environ), Policy())

        def measure(what: str, rows: int) -> tuple[str, Any]:
            start = every["observed_at"].iloc[-rows].isoformat()
            return what, score(call | {"name": what, "start": start}, environ, rows, show)

        month = len(months[-1])
        fill(task, settings, months[-1:], show)
        reports = [measure("newest month, alone in the table", month)]
        fill(task, settings, months[:-1], show)
        reports += [
            measure("newest month of the history", month),
            measure("newest tenth", options.rows // 10),
            measure("all", options.rows),
        ]
    tell(options.task, reports, console)


def tell(task: str, reports: list[tuple[str, Any]], console: Console) -> None:
    table = Table("rows", "", "seconds", "rows/s", "reading", "scoring", "peak MB", title=task)
    for what, each in reports:
        seconds, rows = each["seconds"], each["rows"]
        shares = [f"{each[part] / seconds:.0%}" for part in ("reading", "scoring")]
        figures = (f"{seconds:.1f}", f"{rows / seconds:,.0f}", *shares, f"{each['peak_mb']:.0f}")
        table.add_row(f"{rows:,}", what, *figures)
    console.print(table)
    alone, month, tenth, everything = (report for _, report in reports)
    console.print(
        f"A month costs {month['seconds'] / alone['seconds']:.2f} times what it costs alone in "
        f"the table.\n{everything['rows'] / tenth['rows']:.0f} times the rows take "
        f"{everything['seconds'] / tenth['seconds']:.1f} times the time and "
        f"{everything['peak_mb'] / tenth['peak_mb']:.2f} times the memory."
    )


if __name__ == "__main__":
    main()

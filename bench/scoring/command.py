"""How fast labelled rows are read from MariaDB in a stream and scored, and in how much memory.

Run `python -m bench.scoring`, with `--task intent` for sentences, `--rows` for another history. It
starts a MariaDB of its own, trains a champion, and scores the newest month while it is alone in
the table; then, with the whole history there, that month again, as many rows as a tenth of the
history has, and all. Each is a process of its own (`bench/scoring/child.py`), so that its memory
is its own too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import iargus.threads  # noqa: F401 - before scikit-learn is imported
from bench.scoring.world import fill, history, world
from iargus.registry import artefact
from iargus.settings import Environment, Policy, Settings
from iargus.tasks.catalogue import Catalogue
from iargus.training.fit import fit_candidate

ROOT = Path(__file__).parents[2]
TRAINED_ON = 20_000


def score(arguments: dict[str, Any], environ: dict[str, str], rows: int, show: Progress) -> Any:
    """Score in a process of its own and give what it reports at its end."""
    bar = show.add_task(str(arguments.pop("name")), total=rows)
    command = [sys.executable, "-m", "bench.scoring.child", json.dumps(arguments)]
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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scoring", description=__doc__)
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
        bar = show.add_task("rows added", total=len(every))
        advance = partial(show.advance, bar)
        fill(task, settings, months[-1:], advance)
        reports = [measure("newest month, alone in the table", month)]
        fill(task, settings, months[:-1], advance)
        reports += [
            measure("newest month of the history", month),
            measure("newest tenth", options.rows // 10),
            measure("all", options.rows),
        ]
    tell(options.task, reports, console)


def tell(task: str, reports: list[tuple[str, Any]], console: Console) -> None:
    # Its processor time says more than the clock where others use the machine too.
    heads = ("rows", "", "seconds", "of CPU", "rows/s", "reading", "scoring", "peak MB")
    table = Table(*heads, title=task)
    for what, each in reports:
        seconds, rows = each["seconds"], each["rows"]
        shares = [f"{each[part] / seconds:.0%}" for part in ("reading", "scoring")]
        times = (f"{seconds:.1f}", f"{each['cpu']:.1f}", f"{rows / seconds:,.0f}")
        table.add_row(f"{rows:,}", what, *times, *shares, f"{each['peak_mb']:.0f}")
    console.print(table)
    alone, month, tenth, everything = (report for _, report in reports)
    console.print(
        f"A month costs {month['cpu'] / alone['cpu']:.2f} times the CPU of one alone in "
        f"the table.\n{everything['rows'] / tenth['rows']:.0f} times the rows take "
        f"{everything['cpu'] / tenth['cpu']:.1f} times the CPU and "
        f"{everything['peak_mb'] / tenth['peak_mb']:.2f} times the memory."
    )

"""How often the rules of the monthly verdict are right, on simulated months whose truth is known.

Run `python -m bench.calibration`: it prints a table in Markdown, in about ten minutes on two
cores. `--short` takes some seconds. `--data FOLDER` adds real advertisements (vehicles_us.csv) and
intents never seen (idiwii_train.json, atis_train.tsv).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from threadpoolctl import threadpool_limits

from bench.calibration.plan import Case, all_cases
from bench.calibration.text import unseen_intents
from iargus.monitoring.stats.performance.bounds import share_lower, share_upper

SEED, PARTS = 20261121, 20


@dataclass(frozen=True)
class Measured:
    case: Case
    hits: int
    repeats: int

    @property
    def interval(self) -> tuple[float, float]:
        return (
            share_lower(self.hits, self.repeats, 0.025),
            share_upper(self.hits, self.repeats, 0.025),
        )

    @property
    def reached(self) -> bool:
        return self.case.least <= self.hits / self.repeats <= self.case.most

    @property
    def possible(self) -> bool:
        """Whether so few repeats leave it open (at 0.1 %) that it is reached: for short forms."""
        low = share_lower(self.hits, self.repeats, 0.0005)
        high = share_upper(self.hits, self.repeats, 0.0005)
        return high >= self.case.least and low <= self.case.most


def measure(
    *, short: bool, console: Console, only: str = "", data: Path | None = None
) -> list[Measured]:
    """Measure every case whose name holds `only`, in two processes."""
    chosen = {place: case for place, case in enumerate(all_cases(data)) if only in case.name}
    hits = dict.fromkeys(chosen, 0)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with (
        ProcessPoolExecutor(max_workers=2) as pool,
        Progress(*columns, TimeRemainingColumn(), console=console) as progress,
    ):
        parts = [
            pool.submit(run_part, place, part, short, data)
            for place in chosen
            for part in range(1 if short else PARTS)
        ]
        bar = progress.add_task("simulating", total=len(parts))
        for done in as_completed(parts):
            place, count = done.result()
            hits[place] += count
            progress.advance(bar)
    return [Measured(case, hits[place], _repeats(case, short)) for place, case in chosen.items()]


def run_part(place: int, part: int, short: bool, data: Path | None = None) -> tuple[int, int]:
    """One part of the repeats of a case: its place, and how often the event happened."""
    case = all_cases(data)[place]
    random = np.random.default_rng([SEED, place, part])
    repeats = _repeats(case, short) // (1 if short else PARTS)
    # Two processes share the cores.
    with threadpool_limits(1):
        return place, sum(case.trial(random) for _ in range(repeats))


def table(found: Sequence[Measured], *, short: bool) -> str:
    """In Markdown; a short form has too few repeats to say that something was missed."""
    lines = ["| what | target | measured | 95 % interval | times |", "|---|---|---|---|---|"]
    for one in found:
        case, (low, high) = one.case, one.interval
        wanted = [f"≥ {case.least:.0%}"] if case.least else []
        wanted += [f"≤ {case.most:.1%}"] if case.most < 1 else []
        mark = "" if short or one.reached else " **missed**"
        lines.append(
            f"| {case.name} | {', '.join(wanted) or '–'} | {one.hits / one.repeats:.2%}{mark} "
            f"| {low:.2%} – {high:.2%} | {one.repeats:,} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.calibration", description=__doc__)
    parser.add_argument("--short", action="store_true", help="few repeats: some seconds")
    parser.add_argument("--data", type=Path, help="folder of the real data")
    parser.add_argument("--only", default="", help="a part of the names of the cases to measure")
    options = parser.parse_args()
    console = Console(stderr=True)
    found = measure(short=options.short, console=console, only=options.only, data=options.data)
    print(table(found, short=options.short))
    if options.data is not None and not options.only:
        print("\n" + unseen_intents(options.data, repeats=10 if options.short else 50))


def _repeats(case: Case, short: bool) -> int:
    return case.short if short else case.repeats

"""Does the time of an answer tell what the answer does not?

    TMPDIR=/dev/shm python -m bench.timing --samples 100000
    python -m bench.timing --only kid-app --only hmac

Each comparison times two classes of inputs, drawn by lot one after the other, in this process:
`claims.decode` and the HMAC alone, and the whole application (ASGI, SQLite in a temporary folder;
in memory, as above, the noise of a disk hides nothing). Welch's t over 4.5, of all samples or of
those below the 99th, 90th or 50th percentile, is taken for leakage (`bench/timing/welch.py`).

Prints a table for docs/explanation/security.md. The exit status is 1 where classes differ that must
not; where the last column has a reason, a difference is expected and tells nothing new.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench.timing.addresses import ADDRESSES
from bench.timing.tokens import TOKENS
from bench.timing.welch import LIMIT, PERCENTILES, Comparison, Outcome, measure

COMPARISONS = {comparison.name: comparison for comparison in [*TOKENS, *ADDRESSES]}
HEAD = "| name | classes | medians | \\|t\\| | cropped | what a difference would tell |"


def row(comparison: Comparison, found: Outcome) -> str:
    """A line of the table: t of all samples, and the largest of the cropped ones."""
    first, second = comparison.classes
    medians = " / ".join(f"{median_us:,.1f}" for median_us in found.medians_us)
    cropped = max(map(abs, found.cropped_t))
    return (
        f"| `{comparison.name}` | {first} / {second} | {medians} µs | {abs(found.t):.1f} | "
        f"{cropped:.1f} | {comparison.told} |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.timing", description=__doc__)
    parser.add_argument("--samples", type=int, default=100_000, help="of both classes together")
    parser.add_argument("--only", action="append", choices=COMPARISONS, help="may be repeated")
    parser.add_argument("--seed", type=int, default=0, help="of the lot")
    given = parser.parse_args()
    lines, leaks = [], []
    columns = (TextColumn("{task.description}"), BarColumn())
    bar = (MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, *bar, console=Console(stderr=True)) as progress:
        for name in given.only or COMPARISONS:
            comparison, lot = COMPARISONS[name], random.Random(given.seed)
            begun_s = time.monotonic()
            with (
                tempfile.TemporaryDirectory() as folder,
                comparison.opened(Path(folder), lot) as sample,
            ):
                found = measure(sample, lot, samples=given.samples, progress=progress, name=name)
            per_1000_s = 1000 * (time.monotonic() - begun_s) / given.samples
            progress.console.print(f"{name}: {per_1000_s:.2f} s per 1,000 samples")
            lines.append(row(comparison, found))
            if found.differs and not comparison.told:
                leaks.append(name)
    print(HEAD, "|---|---|---|---|---|---|", *lines, sep="\n")
    crops = ", ".join(f"{percentile:g}" for percentile in PERCENTILES)
    print(f"\n{given.samples:,} samples each; cropped at the percentiles {crops}, the largest |t|")
    print(f"over {LIMIT}: {', '.join(leaks)}" if leaks else f"none over {LIMIT} that must not be")
    return 1 if leaks else 0

"""Each guard is proved: it is taken away or weakened, and a test fails.

    python -m bench.mutations [--jobs 2] [--only TEXT] [--list]

Guards are data, in `bench/mutations/areas`. The tree is copied to temporary folders, one for each
job, and there a guard is changed, its tests run, and the guard put back; this tree is never
touched. First all tests run unchanged, and must pass. What counts is a test that fails: a change
that breaks the program, so that nothing can be collected, is an error of the list and told as one.
A test that does not end in time counts, and is told, too.

Exit status 1 where a guard survives or a change is invalid, 2 where a snippet no longer fits or a
test fails unchanged.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.mutations.areas import AREAS
from bench.mutations.guard import Guard, SnippetMissing
from bench.mutations.trial import Copy, Outcome, Verdict

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 60.0
UNCHANGED_TIMEOUT_S = 300.0

Given = TypeVar("Given")
Found = TypeVar("Found")


def try_all(guards: Sequence[Guard], copies: Sequence[Copy], progress: Progress) -> list[Outcome]:
    """Try every guard, as many at once as there are copies; in the order of `guards`."""
    bar = progress.add_task("without a guard", total=len(guards))

    def one(copy: Copy, guard: Guard) -> Outcome:
        outcome = copy.try_without(guard, timeout_s=TIMEOUT_S)
        if not outcome.good:
            words = f"{outcome.verdict}: {guard.name} ({guard.file}) {outcome.reason}"
            progress.console.print(words, markup=False)
        progress.advance(bar)
        return outcome

    return _shared(one, copies, guards)


def failing_unchanged(
    guards: Sequence[Guard], copies: Sequence[Copy], progress: Progress
) -> list[str]:
    """What pytest says of the tests that fail although nothing is changed."""
    named = {test for guard in guards for test in guard.tests}
    # A test of a file that is run anyway is not run twice.
    tests = sorted(test for test in named if "::" not in test or test.split("::")[0] not in named)
    bar = progress.add_task("unchanged", total=len(tests))

    def one(copy: Copy, test: str) -> str:
        status, output = copy.test([test], timeout_s=UNCHANGED_TIMEOUT_S)
        progress.advance(bar)
        return "" if status == 0 else f"{test} ends with {status}\n{output}"

    return [found for found in _shared(one, copies, tests) if found]


def _shared(
    work: Callable[[Copy, Given], Found], copies: Sequence[Copy], all_given: Sequence[Given]
) -> list[Found]:
    free: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def one(given: Given) -> Found:
        copy = free.get()
        try:
            return work(copy, given)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        return list(pool.map(one, all_given))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--jobs", type=int, default=2, help="how many at once")
    parser.add_argument("--only", default="", help="guards whose area, name or file holds this")
    parser.add_argument("--list", action="store_true", help="show the guards and try none")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 200)
    chosen = [
        guard
        for area, guards in AREAS.items()
        for guard in guards
        if options.only.lower() in f"{area} {guard.name} {guard.file}".lower()
    ]
    try:
        for guard in chosen:
            guard.weaken(ROOT)
    except SnippetMissing as error:
        console.print(f"a guard is not where the list says: {error}", markup=False)
        return 2
    if options.list:
        for guard in chosen:
            place = f"{guard.file}:{guard.line(ROOT)}"
            console.print(f"{place:<50} {guard.name}", markup=False, highlight=False)
        console.print(f"{len(chosen)} guards")
        return 0
    return _prove(chosen, options.jobs, console)


def _prove(chosen: Sequence[Guard], jobs: int, console: Console) -> int:
    began_s = time.monotonic()
    with _progress() as progress, _copies(jobs) as copies:
        failing = failing_unchanged(chosen, copies, progress)
        if failing:
            console.print("\n".join(failing), markup=False)
            console.print("without any change, not all tests pass: nothing is proved")
            return 2
        outcomes = try_all(chosen, copies, progress)
    console.print(_table(outcomes))
    bad = sum(not outcome.good for outcome in outcomes)
    hanging = sum(outcome.verdict is Verdict.HANGS for outcome in outcomes)
    console.print(
        f"{len(outcomes)} guards, {bad} not proved, {hanging} by a test that hangs, "
        f"{time.monotonic() - began_s:.0f} s"
    )
    return 1 if bad else 0


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table("guard", "where", "the test that fails without it", "s")
    for outcome in outcomes:
        guard = outcome.guard
        proof = outcome.proof or f"{outcome.verdict} ({outcome.reason})"
        table.add_row(
            guard.name,
            f"{guard.file.removeprefix('iargus/')}:{guard.line(ROOT)}",
            # Names of tests hold brackets, which would be taken for colours.
            escape(proof.removeprefix("tests/")),
            f"{outcome.duration_s:.1f}",
        )
    return table


@contextmanager
def _copies(jobs: int) -> Iterator[list[Copy]]:
    with tempfile.TemporaryDirectory(prefix="iargus-mutations-") as folder, ExitStack() as stack:
        copies = [Copy(ROOT, Path(folder) / str(number)) for number in range(jobs)]
        for copy in copies:
            stack.callback(copy.close)
        yield copies


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        yield progress


if __name__ == "__main__":
    sys.exit(main())

"""Does the service do what its OpenAPI description says, whatever is sent?

`python -m bench.openapi --work DIR` starts gunicorn with placed models on SQLite, and runs
Schemathesis over `/openapi.json` with every check (no 5xx; no status, content type, header or
answer that is not described; what the schema allows is taken, what it forbids is refused; no way
in without a token; 405 with `Allow`), in every phase (examples, coverage, fuzzing, stateful), with
data that fits and data that does not. It asks as four: without a token, with a person's, with an
administrator's, and with a person's in the body instead of the header; then again with other
seeds, until there were `--cases`. Every finding is printed with a request that shows it; the exit
status is 1 when there was one.

Limits on requests are on and never met. Tokens are revoked by what is sent, and replaced
(`bench/openapi/hooks.py`).
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.openapi.run import KINDS, Result, run
from bench.openapi.world import issue, prepare, serve

TOKENS = 2000  # of each scope, in each run; what ends a token takes another one


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.openapi", description=__doc__)
    parser.add_argument("--work", type=Path, help="where reports are kept; a temporary folder")
    parser.add_argument("--cases", type=int, default=20_000, help="at least, over all runs")
    parser.add_argument("--examples", type=int, default=220, help="of each operation and phase")
    parser.add_argument("--seed", type=int, default=1, help="of the first run; others count up")
    parser.add_argument("--workers", type=int, default=2, help="of gunicorn")
    given = parser.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="iargus-openapi-"))
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    console = Console(width=120, highlight=False)
    results = ask(work, given, console)
    console.print(table(results))
    clean = report(results, console)
    if given.work is None and clean:
        shutil.rmtree(work)
    sys.exit(0 if clean else 1)


def ask(work: Path, given: argparse.Namespace, console: Console) -> list[Result]:
    """Run until there were enough cases, each kind as often as any other."""
    console.print("trains and places two models")
    environ = prepare(work)
    results: list[Result] = []
    for number in itertools.count():
        files = issue(environ, work, TOKENS)
        with serve(environ, work, workers=given.workers) as server:
            for kind in KINDS:
                seed = given.seed + len(results)
                folder = work / f"{seed}-{kind.name.replace(' ', '-')}"
                start_s = time.monotonic()
                found = run(
                    kind,
                    server.url,
                    files[kind.scope],
                    folder,
                    seed=seed,
                    examples=given.examples,
                    tell=partial(console.print, f"{kind.name}, seed {seed}:", markup=False),
                )
                results.append(found)
                took_s = time.monotonic() - start_s
                console.print(f"{kind.name}: {found.cases} cases in {took_s:.0f} s", markup=False)
        total = sum(result.cases for result in results)
        console.print(f"round {number + 1}: {total} of {given.cases} cases")
        if total >= given.cases or not all(result.cases for result in results):
            return results
    raise AssertionError


def table(results: list[Result]) -> Table:
    """One line for each run."""
    shown = Table("who asks", "seed", "cases", "answers", "highest status", "failed checks")
    for result in results:
        statuses = " ".join(f"{status}:{n}" for status, n in sorted(result.statuses.items()))
        failed = ", ".join(f"{name} {n}" for name, n in result.failures.most_common()) or "none"
        highest = str(max(result.statuses, default=0))
        shown.add_row(
            result.kind.name, str(result.seed), str(result.cases), statuses, highest, failed
        )
    return shown


def report(results: list[Result], console: Console) -> bool:
    """Print the sum and every distinct finding once; gives whether there was none."""
    cases = sum(result.cases for result in results)
    failures = sum((result.failures for result in results), Counter[str]())
    seeds = f"{results[0].seed} to {results[-1].seed}"
    console.print(f"{cases} cases, seeds {seeds}, {sum(failures.values())} checks failed")
    samples: dict[tuple[str, str, str], str] = {}
    for result in results:
        for key, text in result.samples.items():
            samples.setdefault(key, f"({result.kind.name}, seed {result.seed}) {text}")
        for error in result.errors:
            console.print(f"{result.kind.name}, seed {result.seed}: {error}", markup=False)
    for (check, operation, title), text in samples.items():
        found = f"\n{operation}: {check}: {title}\n{text[:3000]}"
        # In one line, so that it can be copied.
        console.print(found, markup=False, soft_wrap=True)
    return all(result.is_clean for result in results)

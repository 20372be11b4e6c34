"""docs/explanation/monitoring.md, its calibration, for the default rules of Evidently and NannyML.

`python -m bench.calibration.peers --work DIR` installs both in environments of their own under
DIR, shows all three the same simulated months, and prints a table in Markdown: about twenty
minutes on two free cores. `--quick` repeats less, and takes three; `--data FOLDER` adds intents
never seen, from real sentences, and some minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench.calibration.peers_intents import intents_table
from bench.calibration.peers_table import IARGUS, Answers, table
from bench.peers.trials import CASES

ROOT = Path(__file__).parents[2]
PINNED = {
    # Both want a pandas before 3; NannyML imports statsmodels without asking for it.
    "evidently": ["evidently==0.7.23", "pandas==2.3.3", "numpy==2.4.6"],
    "nannyml": ["nannyml==0.13.1", "pandas==2.3.3", "numpy==2.4.6", "statsmodels==0.15.0"],
}
PARTS = {"evidently": 8, "nannyml": 2, IARGUS: 1}
QUIET = {
    # One core each, and nobody is told about it.
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    **{"DO_NOT_TRACK": "1", "NML_DISABLE_USAGE_LOGGING": "1", "PYTHONWARNINGS": "ignore"},
}


def install(tool: str, work: Path) -> Path:
    """The interpreter of an environment that has the pinned versions; made where it is not."""
    folder = work / tool
    python, made = folder / "bin" / "python", folder / "made"
    wanted = " ".join(PINNED[tool])
    if not made.exists() or made.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PINNED[tool]], check=True, stdout=sys.stderr)
        made.write_text(wanted)
    return python


def ask(
    tool: str, python: Path, part: str, quick: bool, work: Path, told: Callable[[str, str], None]
) -> None:
    """Run one part of a library's trials; `told` gets every line of its answer."""
    command = [str(python), "-m", f"bench.peers.rules_{tool}", "--part", part]
    log = work / f"{tool}-{part.replace('/', '-of-')}.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [*command, *(["--quick"] if quick else [])],
            cwd=ROOT,
            env=os.environ | QUIET,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):
                told(tool, line)
    if process.returncode:
        raise RuntimeError(f"{tool} has failed: {log.read_text()[-2000:]}")


def measure(work: Path, *, quick: bool, console: Console) -> Answers:
    pythons = {IARGUS: Path(sys.executable)}
    for tool in PINNED:
        console.print(f"{tool}: {', '.join(PINNED[tool])}")
        pythons[tool] = install(tool, work)
    answers = Answers()
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with (
        Progress(*columns, TimeRemainingColumn(), console=console) as progress,
        ThreadPoolExecutor(max_workers=2) as pool,
    ):
        total = sum(case.times(quick) for case in CASES)
        bars = {tool: progress.add_task(tool, total=total) for tool in PINNED}
        bars[IARGUS] = progress.add_task(IARGUS, total=None)

        def told(tool: str, line: str) -> None:
            answers.add(tool, json.loads(line))
            progress.advance(bars[tool])

        jobs = [
            pool.submit(ask, tool, pythons[tool], f"{part}/{parts}", quick, work, told)
            for tool, parts in PARTS.items()
            for part in range(parts)
        ]
        for job in jobs:
            job.result()
    return answers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, help="a folder for the environments, to be kept")
    parser.add_argument("--quick", action="store_true", help="few repeats: three minutes")
    parser.add_argument("--data", type=Path, help="folder of idiwii_train.json and atis_train.tsv")
    given = parser.parse_args()
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="peers") as temporary:
        work = given.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        work = work.resolve()
        print(table(measure(work, quick=given.quick, console=console)), flush=True)
        if given.data is not None:
            command = [str(install("evidently", work)), "-m", "bench.peers.intents_evidently"]
            repeats = 2 if given.quick else 10
            found = intents_table(given.data, command, QUIET, work, repeats=repeats)
            print("\n" + found)


if __name__ == "__main__":
    main()

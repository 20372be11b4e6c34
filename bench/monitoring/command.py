"""`iargus compare` beside Evidently and NannyML: the same files, time and memory of each.

Run `python -m bench.monitoring`: it makes the files, installs both peers in environments of their
own (pip needs its index), and runs each program as a process of its own, from start to the
finished report. `--skip-peers` measures IArgus alone, `--all` runs the peers on the longest files
too, `--rows 100000 1000000` chooses the files, `--work FOLDER` keeps files and environments.

Seconds depend on the machine and on what else it does; the ratios of one run are the claim. Both
peers get what they need to do the same: drift of every column and of the predictions, the error,
and a report in HTML.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.monitoring.run import Measured, measure

ROOT = Path(__file__).parents[2]
LABEL, PREDICTION = "price", "predicted"
LONG = 10_000_000
# Neither runs with pandas 3; NannyML imports statsmodels and does not ask for it.
PEERS = {
    "nannyml": ("nannyml==0.13.1", "pandas<3", "pyarrow", "statsmodels"),
    "evidently": ("evidently==0.7.23", "pandas<3", "pyarrow"),
}
QUIET = {"NML_DISABLE_USAGE_LOGGING": "1", "DO_NOT_TRACK": "1"}


def files(folder: Path, rows: int) -> tuple[Path, Path]:
    """Make the files in another process, whose memory is given back."""
    from bench.monitoring.data import write_files

    with get_context("spawn").Pool(1) as pool:
        return pool.apply(write_files, (folder, rows))


def environment(folder: Path, peer: str, console: Console) -> Path:
    """The interpreter of a virtual environment that has the peer."""
    home = folder / f"venv-{peer}"
    python = home / "bin" / "python"
    finished = home / "finished"
    if not finished.exists():
        console.print(f"installing {PEERS[peer][0]} …")
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS[peer]], check=True)
        finished.touch()
    return python


def iargus(reference: Path, current: Path, folder: Path) -> list[str | Path]:
    columns: list[str | Path] = ["--label", LABEL, "--prediction", PREDICTION, "--threshold", "0.2"]
    report: list[str | Path] = ["--html", folder / "iargus.html", "--exit-zero"]
    return [sys.executable, "-m", "iargus", "compare", reference, current, *columns, *report]


def runs(arguments: argparse.Namespace, folder: Path, console: Console) -> Iterator[Measured]:
    """Measure one after the other; nothing else should run meanwhile."""
    peers = [] if arguments.skip_peers else list(PEERS)
    pythons = {peer: environment(folder, peer, console) for peer in peers}
    for rows in arguments.rows:
        console.print(f"making 2 × {rows:,} rows …")
        reference, current = files(folder, rows)
        console.print(f"iargus, {rows:,} rows …")
        yield measure("iargus", rows, iargus(reference, current, folder), cwd=ROOT)
        for peer, python in pythons.items():
            if rows >= LONG and not arguments.all:
                continue
            console.print(f"{peer}, {rows:,} rows …")
            script = ROOT / "bench" / "peers" / f"{peer}_report.py"
            command: list[str | Path] = [
                python,
                script,
                reference,
                current,
                LABEL,
                PREDICTION,
                folder,
            ]
            yield measure(peer, rows, command, cwd=folder, environ=QUIET, limit=arguments.limit)


def table_of(found: list[Measured]) -> Table:
    """A line for each run, with its ratios to IArgus on the same files."""
    ours = {each.rows: each for each in found if each.name == "iargus"}
    names = ("program", "rows", "seconds", "CPU seconds", "peak MB")
    table = Table(*names, "times the seconds", "times the CPU", "times the memory")
    for each in found:
        one = ours[each.rows]
        if each.failed is None or each.timed_out:
            least = "> " if each.timed_out else ""
            ratios = [
                f"{least}{each.seconds / one.seconds:.1f}",
                f"{least}{each.cpu / one.cpu:.1f}",
                f"{least}{each.megabytes / one.megabytes:.1f}",
            ]
        else:
            ratios = [f"failed: {each.failed}", "", ""]
        measured = f"{each.seconds:.1f}", f"{each.cpu:.1f}", f"{each.megabytes:,.0f}"
        table.add_row(each.name, f"2 × {each.rows:,}", *measured, *ratios)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.monitoring", description=__doc__)
    rows = [100_000, 1_000_000, LONG]
    parser.add_argument("--rows", type=int, nargs="+", default=rows, help="rows of each file")
    parser.add_argument("--skip-peers", action="store_true", help="measure IArgus alone")
    parser.add_argument("--all", action="store_true", help="the peers on the longest files too")
    parser.add_argument("--limit", type=float, default=3600.0, help="seconds for each peer")
    parser.add_argument("--work", type=Path, help="where files and environments are kept")
    arguments = parser.parse_args()
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.work or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        found: list[Measured] = []
        for each in runs(arguments, folder, console):
            found.append(each)
            console.print(f"  {each.seconds:.1f} s, {each.megabytes:,.0f} MB {each.failed or ''}")
    Console().print(table_of(found))

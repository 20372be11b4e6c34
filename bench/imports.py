"""How many rows a second `iargus import cars` loads into SQLite and into MariaDB.

Run `python -m bench.imports`; it makes a file of sales, starts a MariaDB of its own where
`mariadbd` is installed, and runs the command as a user would, from start to exit.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from iargus.training.simulator import SimulationPlan, simulate
from tests.services.mariadb import MariaDB

ROOT = Path(__file__).parent.parent
SERVER_FOLDERS = "/usr/sbin:/usr/local/sbin:/usr/libexec"


def write_sales(path: Path, rows: int) -> None:
    """Write a file of simulated sales, in order of time."""
    plan = SimulationPlan(rows=rows, months=24, end=date(2026, 1, 1), seed=0)
    pd.concat(simulate(plan)).to_csv(path, index=False)


def run(arguments: list[str], environ: dict[str, str]) -> float:
    """Run `iargus` and say how many seconds it took from start to exit."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MYSQL_")}
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "iargus", *arguments],
        env=clean | environ,
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return time.monotonic() - began


def measure(name: str, environ: dict[str, str], file: Path, rows: int, table: Table) -> None:
    """Import a file, and import it again; add a line to the table for each."""
    run(["db", "upgrade"], environ)
    for what in ("new rows", "the same rows again"):
        seconds = run(["import", "cars", str(file)], environ)
        table.add_row(name, what, f"{rows:,}", f"{seconds:.1f}", f"{rows / seconds:,.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="rows of the file")
    rows: int = parser.parse_args().rows
    table = Table("database", "import of", "rows", "seconds, start to exit", "rows/s")
    with tempfile.TemporaryDirectory(prefix="imp") as name:
        folder = Path(name)
        file = folder / "sales.csv"
        write_sales(file, rows)
        environ = {"IARGUS_VAR": str(folder / "var")}
        measure("SQLite", environ, file, rows, table)
        path = os.pathsep.join([os.environ.get("PATH", ""), SERVER_FOLDERS])
        install, program = (
            shutil.which(each, path=path) for each in ("mariadb-install-db", "mariadbd")
        )
        if install is None or program is None:
            print("mariadbd is not installed, so there is no figure for MariaDB")
        else:
            server = MariaDB(folder / "mariadb", install=Path(install), server=Path(program))
            try:
                server.start()
                server.reset()
                measure("MariaDB", environ | server.environ(), file, rows, table)
            finally:
                server.stop()
    Console().print(table)


if __name__ == "__main__":
    main()

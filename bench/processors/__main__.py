"""`python -m bench.processors TESTS…` and `python -m bench.processors --models`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

import bench.processors
from bench.processors.settings import available

Predictions = Mapping[str, np.ndarray]


def run_tests(tests: list[str], setting: Mapping[str, str]) -> tuple[int, str]:
    """Exit status and last line of a run of ``tests``, with those that failed before it."""
    done = _run(["pytest", "-n", "0", "-q", "-p", "bench.processors.last_digits", *tests], setting)
    lines = (done.stdout + done.stderr).strip().splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return done.returncode, "\n".join([*failed, *lines[-1:]])


def fit_models(setting: Mapping[str, str]) -> Predictions:
    """What both kinds of model predict, see `models.py`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "predictions.npz")
        _run(["bench.processors.models", str(path)], setting).check_returncode()
        with np.load(path) as found:
            return dict(found)


def compare(found: Predictions, base: Predictions) -> str:
    """How far predictions lie from those of the processor as it is."""
    lines = []
    for name in ("price", "low", "high"):
        off = np.abs(found[name] / base[name] - 1)
        lines.append(f"{name}: median {np.median(off):.1e}, largest {off.max():.1e}")
    error = np.mean(np.abs(found["price"] / found["actual"] - 1))
    inside = np.mean((found["low"] <= found["actual"]) & (found["actual"] <= found["high"]))
    off = np.abs(found["probability"] - base["probability"])
    other = np.sum(found["intent"] != base["intent"])
    right = np.mean(found["intent"] == found["label"])
    return "\n".join(
        [
            *lines,
            f"MAPE {error:.4f}, interval covers {inside:.4f}",
            f"probability: largest {off.max():.1e}; {other} other intents; accuracy {right:.4f}",
        ]
    )


def _run(module: list[str], setting: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *module],
        env=os.environ | setting,
        capture_output=True,
        text=True,
        check=False,
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=bench.processors.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tests", nargs="*", help="and options, as pytest takes them")
    parser.add_argument("--models", action="store_true", help="fit and compare, instead of tests")
    parser.add_argument("--only", default="", help="settings with this in their name")
    given, options = parser.parse_known_args()
    if given.models == bool(given.tests):
        parser.error("either tests or --models")
    table = Table("processor", "result", "s")
    progress, worst = Console(stderr=True), 0
    base = fit_models({}) if given.models else {}
    for name, setting in available(given.only):
        began = time.monotonic()
        if given.models:
            status, result = 0, compare(fit_models(setting), base)
        else:
            status, result = run_tests([*given.tests, *options], setting)
        worst = max(worst, status)
        table.add_row(name, result, f"{time.monotonic() - began:.0f}")
        progress.print(f"{name}: {result}", markup=False)
    Console(width=120).print(table)
    return worst


if __name__ == "__main__":
    sys.exit(main())

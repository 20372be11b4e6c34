"""Do tests hold on other processors? `python -m bench.processors tests/tasks/estimators …`.

Numerical libraries choose their kernels by the processor, and these sum in another order, so that
a fitted number differs in its last digits: a test that compares one with a constant needs room.
Each setting takes instructions away, or another family's kernels, and runs the given tests in a
process of its own. A setting that the processor cannot run is refused by numpy or OpenBLAS.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

AVX512 = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V4"
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "as it is": {},
    "OpenBLAS for Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "OpenBLAS for SkylakeX": {"OPENBLAS_CORETYPE": "SkylakeX"},
    "OpenBLAS for Prescott": {"OPENBLAS_CORETYPE": "Prescott"},
    "numpy without AVX-512": {"NPY_DISABLE_CPU_FEATURES": AVX512},
    "numpy without AVX2": {"NPY_DISABLE_CPU_FEATURES": f"{AVX512} AVX2 FMA3 X86_V3"},
}


def supported() -> set[str]:
    """The features that numpy chooses among on this machine and may be told to disable."""
    from numpy._core._multiarray_umath import (  # type: ignore[import-not-found]
        __cpu_dispatch__,
        __cpu_features__,
    )

    return {name for name in __cpu_dispatch__ if __cpu_features__.get(name)}


def run(tests: list[str], setting: Mapping[str, str]) -> tuple[int, str, float]:
    """Exit status, last line and seconds of a run of ``tests``."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-q", *tests],
        env=os.environ | setting,
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stdout + done.stderr).strip().splitlines()
    failed = [line for line in said if line.startswith(("FAILED", "ERROR"))]
    return done.returncode, "\n".join([*failed, *said[-1:]]), time.monotonic() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tests", nargs="+", help="and options, as pytest takes them")
    given, options = parser.parse_known_args()
    table = Table("processor", "result", "s")
    progress = Console(stderr=True)
    features, worst = supported(), 0
    for name, setting in SETTINGS.items():
        wanted = dict(setting)
        if "NPY_DISABLE_CPU_FEATURES" in wanted:
            # numpy warns of features that it would not use anyway.
            chosen = [
                each for each in wanted["NPY_DISABLE_CPU_FEATURES"].split() if each in features
            ]
            if not chosen:
                table.add_row(name, "nothing to disable on this processor", "")
                continue
            wanted["NPY_DISABLE_CPU_FEATURES"] = " ".join(chosen)
        status, said, seconds = run([*given.tests, *options], wanted)
        worst = max(worst, status)
        table.add_row(name, said, f"{seconds:.0f}")
        progress.print(f"{name}: {said}")
    Console(width=120).print(table)
    return worst


if __name__ == "__main__":
    sys.exit(main())

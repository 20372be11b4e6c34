"""One program as a process of its own: its time, and the most memory that it had."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LOOK_EVERY_S = 0.02


@dataclass(frozen=True)
class Measured:
    """`failed` is the last line of what a program said that ended with another status than 0."""

    name: str
    rows: int
    seconds: float
    cpu: float
    megabytes: float
    failed: str | None = None
    timed_out: bool = False


def measure(
    name: str,
    rows: int,
    command: Sequence[str | Path],
    *,
    cwd: Path,
    environ: Mapping[str, str] | None = None,
    limit: float = float("inf"),
) -> Measured:
    """Run a command from start to exit, or until `limit` seconds are over.

    The peak is the kernel's own (VmHWM), looked at all the time: what `wait4` gives holds the
    memory of this process too, from which the other was made.
    """
    with tempfile.TemporaryFile() as said:
        began, peak, timed_out = time.monotonic(), 0.0, False
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env={**_plain_environment(), **(environ or {})},
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, _peak(process.pid))
            if not timed_out and time.monotonic() - began > limit:
                timed_out = True
                process.kill()
            time.sleep(_LOOK_EVERY_S)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        failed = None
        if process.returncode:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            failed = "time was over" if timed_out else (lines or ["no word"])[-1][:200]
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(name, rows, seconds, cpu, peak, failed, timed_out)


def _peak(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _plain_environment() -> dict[str, str]:
    # All may use all cores, as their users' would.
    return {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}

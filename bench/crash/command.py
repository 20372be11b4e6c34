"""Kills the monthly run around every side effect, starts it again, and compares the end states.

    python -m bench.crash [--points N] [--embedded]
    python -m bench.crash --first-start [--points N]

With MariaDB, `mlflow server` and a mail server running; `--embedded` uses SQLite files instead of
the first two. Without `--points` every point that an undisturbed run passes is tried. Exit
status 1 when an end state differs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from bench.crash import first_start
from bench.crash.state import differences, end_state
from bench.crash.world import ARGUMENTS, TASKS, CrashWorld, crash_world

# Between these two the server has the mail, and nobody knows.
MAY_REPEAT = ("after a mail is handed over", "before commit of: update outbox")


@dataclass(frozen=True)
class Trial:
    """One kill and the run after it; `differs` names what is not as in an undisturbed run."""

    number: int
    point: str
    killed: bool
    exit_status: int
    differs: list[str]
    repeated_mails: int

    @property
    def good(self) -> bool:
        """A mail may come twice only where the server had it and the mark was not made."""
        allowed = 1 if self.point in MAY_REPEAT else 0
        return (
            self.killed
            and self.exit_status == 0
            and not self.differs
            and self.repeated_mails <= allowed
        )


class Program:
    """Starts `model_monitoring.py` again and again, each time in a process of its own."""

    def __init__(self) -> None:
        self._is_ready = False
        self._starter = subprocess.Popen(
            [sys.executable, "-m", "bench.crash.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._starter.communicate()

    def run(self, crash: CrashWorld, kill_at: int | None = None) -> tuple[int, list[str]]:
        """Give the exit status, -9 when it was killed, and the points that it has passed."""
        log = crash.folder / "points"
        order = {
            "environ": crash.environ,
            "arguments": ARGUMENTS,
            "kill_at": kill_at,
            "log": str(log),
            "output": str(crash.folder / "output"),
        }
        assert self._starter.stdin is not None
        assert self._starter.stdout is not None
        if not self._is_ready:
            self._is_ready = self._starter.stdout.readline() == "ready\n"
        self._starter.stdin.write(json.dumps(order) + "\n")
        self._starter.stdin.flush()
        return int(self._starter.stdout.readline()), log.read_text().splitlines()


def try_points(
    crash: CrashWorld, program: Program, *, wanted: int | None, tell: Callable[[Trial], None]
) -> Sequence[Trial]:
    """Kill at `wanted` points, evenly spread, or at all of them."""
    status, points = program.run(crash)
    assert status == 0, (crash.folder / "output").read_text()
    state = end_state(crash.world.database, crash.world.registry, TASKS)
    mails = set(crash.mails())
    every = range(1, len(points) + 1)
    step = 1.0 if wanted is None else max(1.0, len(points) / wanted)
    chosen = sorted({every[int(place * step)] for place in range(int(len(points) / step))})
    trials = []
    for number in chosen:
        crash.restore()
        killed, passed = program.run(crash, kill_at=number)
        exit_status, _ = program.run(crash)
        found = end_state(crash.world.database, crash.world.registry, TASKS)
        differs = differences(state, found)
        arrived = crash.mails()
        if set(arrived) != mails:
            differs.append("mails")
        repeated = len(arrived) - len(set(arrived))
        trial = Trial(number, passed[-1], killed == -9, exit_status, differs, repeated)
        trials.append(trial)
        tell(trial)
    return trials


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.crash", description=__doc__)
    parser.add_argument("--points", type=int, help="how many points; all of them if not given")
    parser.add_argument("--embedded", action="store_true", help="SQLite instead of servers")
    parser.add_argument("--first-start", action="store_true", help="the first start, not a run")
    options = parser.parse_args()
    if options.first_start:
        first_start.main(options.points)
    began = time.monotonic()
    with Program() as program, crash_world(embedded=options.embedded) as crash:
        trials = try_points(crash, program, wanted=options.points, tell=_tell)
    bad = [trial for trial in trials if not trial.good]
    repeated = sum(trial.repeated_mails for trial in trials)
    print(
        f"\n{len(trials)} points, {len(trials) - len(bad)} end states as undisturbed, {repeated} "
        f"mail(s) twice (same Message-ID), {time.monotonic() - began:.0f} s"
    )
    sys.exit(1 if bad else 0)


def _tell(trial: Trial) -> None:
    state = "same" if not trial.differs else "DIFFERS: " + ", ".join(trial.differs)
    mails = f", {trial.repeated_mails} mail(s) twice" if trial.repeated_mails else ""
    status = "" if trial.exit_status == 0 else f", exit status {trial.exit_status}"
    print(f"{trial.number:4}  {trial.point:<60}  {state}{mails}{status}", flush=True)

"""The real program, killed with SIGKILL: the short form of `python -m bench.crash`."""

from __future__ import annotations

from bench.crash.command import Program, Trial, try_points
from bench.crash.world import crash_world


def test_killed_anywhere_and_started_again_it_ends_as_if_undisturbed() -> None:
    told: list[Trial] = []
    with Program() as program, crash_world(embedded=True) as crash:
        trials = try_points(crash, program, wanted=8, tell=told.append)
    assert len(trials) == len(told) == 8
    assert [trial for trial in trials if not trial.good] == []

"""The real program, killed with SIGKILL: the short form of `python -m bench.crash`."""

from __future__ import annotations

from bench.crash import first_start
from bench.crash.command import Program, Trial, try_points
from bench.crash.world import crash_world


def test_killed_anywhere_and_started_again_it_ends_as_if_undisturbed() -> None:
    told: list[Trial] = []
    with Program() as program, crash_world(embedded=True) as crash:
        trials = try_points(crash, program, wanted=8, tell=told.append)
    assert len(trials) == len(told) == 8
    assert [trial for trial in trials if not trial.good] == []


def test_a_first_start_that_is_cut_off_serves_at_the_next() -> None:
    """The short form of `python -m bench.crash --first-start`: ^C below make, and `kill -9`."""
    told: list[first_start.Start] = []
    starts = first_start.try_starts(wanted=2, tell=told.append)
    assert len(starts) == len(told) == 2
    assert [start for start in starts if not start.good] == []

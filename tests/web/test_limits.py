"""The limiter: exact over threads and processes, forgetful of nobody who is over."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iargus.errors import RateLimited
from iargus.web import limits
from iargus.web.limits import FixedWindowLimiter
from tests.tokens.conftest import StillClock

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def limiter(tmp_path: Path, clock: StillClock, limit: int = 3) -> FixedWindowLimiter:
    return FixedWindowLimiter(
        tmp_path / "limits.bin", limit=limit, window_s=60, clock=clock, name="test"
    )


def test_the_limit_holds_in_a_window_and_starts_again_in_the_next(tmp_path: Path) -> None:
    clock = StillClock(NOON)
    limited = limiter(tmp_path, clock)
    clock.pass_by(seconds=20)
    for _ in range(3):
        limited.hit("ada")
    with pytest.raises(RateLimited) as caught:
        limited.hit("ada")
    assert caught.value.retry_after_s == 40
    limited.hit("bob")
    clock.pass_by(seconds=39)
    with pytest.raises(RateLimited):
        limited.hit("ada")
    clock.pass_by(seconds=1)
    limited.hit("ada")


def test_two_workers_share_one_count(tmp_path: Path) -> None:
    clock = StillClock(NOON)
    first, second = limiter(tmp_path, clock), limiter(tmp_path, clock)
    first.hit("ada")
    second.hit("ada")
    first.hit("ada")
    with pytest.raises(RateLimited):
        second.hit("ada")


def hit_often(path: str, times: int) -> int:
    limited = limiter(Path(path), StillClock(NOON), limit=500)
    admitted = 0
    for _ in range(times):
        try:
            limited.hit("ada")
            admitted += 1
        except RateLimited:
            pass
    return admitted


def test_processes_together_admit_exactly_the_limit(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        admitted = list(pool.map(hit_often, [str(tmp_path)] * 4, [300] * 4))
    assert sum(admitted) == 500


def test_a_table_full_of_others_forgets_the_one_with_the_fewest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SLOTS", 8)
    limited = limiter(tmp_path, StillClock(NOON))
    for _ in range(3):
        limited.hit("greedy")
    for number in range(100):
        limited.hit(f"passer-by {number}")
    with pytest.raises(RateLimited):
        limited.hit("greedy")


def test_a_clock_that_ran_ahead_and_came_back_locks_nobody_out(tmp_path: Path) -> None:
    clock = StillClock(NOON)
    limited = limiter(tmp_path, clock)
    clock.pass_by(days=1)
    for _ in range(3):
        limited.hit("ada")
    clock.pass_by(days=-1)
    limited.hit("ada")

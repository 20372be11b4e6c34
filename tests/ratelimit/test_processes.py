"""Exact over processes, also when one is killed in the middle of it."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from pathlib import Path

from bench.limits.hammer import Plan, hammer
from iargus.ratelimit.host import HostCounters
from iargus.ratelimit.memory import CounterMemory
from iargus.ratelimit.table import Limit
from tests.services.redis import Redis

QUOTA = 20_000
KILLS = 12
ONE_DAY = Limit("token", "requests", QUOTA, 86_400)


def test_no_window_admits_more_or_less_to_four_processes(tmp_path: Path) -> None:
    plan = Plan((tmp_path,), workers=4, windows=30, window_s=0.03, quota=100)
    tally = hammer(plan)
    assert tally.wrong(plan) == {}
    assert tally.used_up(plan) > 0


def test_no_window_admits_more_or_less_to_two_hosts_with_redis(
    tmp_path: Path, redis: Redis
) -> None:
    hosts = (tmp_path / "first", tmp_path / "second")
    plan = Plan(hosts, workers=2, windows=15, window_s=0.15, quota=20, redis_url=redis.url)
    tally = hammer(plan)
    assert tally.wrong(plan) == {}
    assert tally.used_up(plan) > 0


def one_window() -> float:
    return 1_793_620_800.0


def note_each_admission(folder: str) -> None:
    """Write one byte for each; whoever is killed on the way has been admitted without it."""
    counters = HostCounters(CounterMemory(Path(folder) / "counters.bin", [ONE_DAY]), one_window)
    key = counters.key(0, "ada")
    notes = os.open(Path(folder) / "notes", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while counters.count(key)[0]:
        os.write(notes, b".")


def test_a_process_killed_while_it_counts_leaves_a_limit_that_works(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    notes = tmp_path / "notes"
    notes.touch()
    chance = random.Random(0)
    for _ in range(KILLS):
        seen = notes.stat().st_size
        process = context.Process(target=note_each_admission, args=(str(tmp_path),))
        process.start()
        # As soon as it counts, at some moment of the next thousandth of a second.
        deadline_s = time.monotonic() + 30
        while notes.stat().st_size == seen and process.is_alive():
            assert time.monotonic() < deadline_s
        time.sleep(chance.random() / 1000)
        process.kill()
        process.join()
    rest = [context.Process(target=note_each_admission, args=(str(tmp_path),)) for _ in range(2)]
    for process in rest:
        process.start()
    for process in rest:
        process.join(60)
        assert process.exitcode == 0
    assert QUOTA - KILLS <= notes.stat().st_size <= QUOTA

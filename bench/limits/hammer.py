"""Processes that use up the same limit at once, and what each window admitted to all of them.

The clock is the machine's, only faster: a window lasts a few milliseconds, so that a thousand of
them pass while somebody watches. A window that all processes saw from its beginning to its end must
have admitted exactly its quota, or everything where less was asked for.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier
from pathlib import Path

from pydantic import SecretStr

from iargus.errors import RateLimited
from iargus.ratelimit.distributed import DistributedLimiter
from iargus.ratelimit.host import HostCounters
from iargus.ratelimit.memory import CounterMemory
from iargus.ratelimit.outcome import Backend, DecisionReporter, Fields, Outcome
from iargus.ratelimit.redis_counters import RedisCounters
from iargus.ratelimit.table import Limit, end_of

# A frozen or starved machine must not be taken for a Redis that is gone.
REDIS_TIMEOUT_S = 30.0
TASKS = 8


@dataclass(frozen=True)
class Plan:
    """`folders` are hosts, each with `workers` processes; `redis_url` is of all of them."""

    folders: tuple[Path, ...]
    workers: int
    windows: int
    window_s: float
    quota: int
    redis_url: str | None = None


@dataclass
class Tally:
    """By the number of the window: what was asked for, and what was admitted."""

    offered: Counter[int]
    admitted: Counter[int]

    def wrong(self, plan: Plan) -> dict[int, tuple[int, int]]:
        """The windows that did not admit what they should: what was asked, what was admitted."""
        return {
            number: (self.offered[number], self.admitted[number])
            for number in range(2, plan.windows + 2)
            if self.admitted[number] != min(plan.quota, self.offered[number])
        }

    def used_up(self, plan: Plan) -> int:
        """In how many windows at least the quota was asked for."""
        return sum(self.offered[n] >= plan.quota for n in range(2, plan.windows + 2))


def hammer(plan: Plan) -> Tally:
    """Run all processes to their end."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    barrier = context.Barrier(len(plan.folders) * plan.workers)
    results = context.SimpleQueue()
    start_s = context.Value("d", 0.0)
    processes = [
        context.Process(target=_work, args=(plan, folder, barrier, start_s, results))
        for folder in plan.folders
        for _ in range(plan.workers)
    ]
    for process in processes:
        process.start()
    tally = Tally(Counter(), Counter())
    for _ in processes:
        offered, admitted = results.get()
        tally.offered += offered
        tally.admitted += admitted
    for process in processes:
        process.join()
    return tally


def _work(
    plan: Plan,
    folder: Path,
    barrier: Barrier,
    start_s: Synchronized[float],
    results: SimpleQueue[tuple[Counter[int], Counter[int]]],
) -> None:
    limit = Limit("bench", "requests", plan.quota, 1)
    memory = CounterMemory(folder / "counters.bin", [limit])
    if barrier.wait() == 0:
        start_s.value = time.time()
    barrier.wait()
    began_s = start_s.value

    def now_s() -> float:
        return float((time.time() - began_s) / plan.window_s)

    host = HostCounters(memory, now_s)
    reporter = _Watched(limit)
    ends = plan.windows + 2
    if plan.redis_url is None:
        key = host.key(0, "ada")
        while now_s() < ends:
            allowed, outcome = host.count(key)
            reporter.note(outcome, allowed)
    else:
        asyncio.run(_consume_distributed(host, reporter, plan.redis_url, lambda: now_s() < ends))
    results.put((reporter.offered, reporter.admitted_in))


async def _consume_distributed(
    host: HostCounters, reporter: _Watched, url: str, going: Callable[[], bool]
) -> None:
    shared = RedisCounters(SecretStr(url), timeout_s=REDIS_TIMEOUT_S)
    distributed = DistributedLimiter(host, reporter, shared)

    async def client() -> None:
        key = host.key(0, "ada")
        while going():
            try:
                await distributed.consume(key, None)
            except RateLimited:
                await asyncio.sleep(0)

    await asyncio.gather(*(client() for _ in range(TASKS)))
    await shared.close()


class _Watched(DecisionReporter):
    """Notes every decision by the window it was made in."""

    def __init__(self, limit: Limit) -> None:
        super().__init__((limit,), second=limit)
        self.offered: Counter[int] = Counter()
        self.admitted_in: Counter[int] = Counter()

    def note(self, outcome: Outcome, allowed: bool) -> None:
        number = end_of(outcome.state)
        self.offered[number] += 1
        self.admitted_in[number] += allowed

    def admitted(self, outcome: Outcome, backend: Backend) -> Fields:
        self.note(outcome, True)
        return super().admitted(outcome, backend)

    def refused(self, outcome: Outcome, backend: Backend) -> RateLimited:
        self.note(outcome, False)
        return super().refused(outcome, backend)

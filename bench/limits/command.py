"""How exact rate limits are over processes and hosts, and what a decision costs.

Run `python -m bench.limits`; for the limit over hosts it starts a Redis of its own where
`redis-server` is installed. `--windows 30` is what the tests do.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
import time
import timeit
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from bench.limits.hammer import Plan, hammer
from iargus.ratelimit import RequestLimits, open_limits
from iargus.settings.tokens import LimitPolicy
from tests.services.redis import Redis

WORKERS = 4
JTI, ADDRESS = "8e0b3f1c-6a3a-4c3e-9a51-3b1f0f0f7f11", "198.51.100.7"
NEVER = 1_000_000_000


def exactness(folder: Path, windows: int, redis: Redis | None) -> Table:
    """Windows that all processes use up at once, on one host and on two."""
    table = Table("", "windows", "used up", "admitted more or less", title="Exactness")
    one = Plan((folder / "one",), WORKERS, windows, 0.03, 100)
    plans = {f"one host, {WORKERS} processes": one}
    if redis is not None:
        hosts = (folder / "first", folder / "second")
        plans["two hosts with Redis, 2 processes each"] = Plan(
            hosts, 2, windows, 0.1, 20, redis.url
        )
    for name, plan in plans.items():
        tally = hammer(plan)
        wrong = tally.wrong(plan)
        table.add_row(name, f"{windows:,}", f"{tally.used_up(plan):,}", f"{len(wrong):,}")
        for number, (offered, admitted) in wrong.items():
            table.add_row(f"  window {number}", "", f"{offered:,} asked", f"{admitted:,} admitted")
    return table


def costs(folder: Path, redis: Redis | None) -> Table:
    """What a request costs that is admitted by its address and its token, fields included."""
    policy = LimitPolicy(
        requests_per_minute=NEVER, address_requests_per_minute=NEVER, redis_timeout_ms=10_000
    )
    table = Table("", "µs", title="One decision for token and address")

    def here(limits: RequestLimits) -> None:
        limits.check_address(ADDRESS)
        limits.consume(ADDRESS, JTI)

    limits = open_limits(policy, folder / "cost")
    # Of the processor: what else the machine does is not our cost.
    rounds = timeit.repeat(lambda: here(limits), number=5_000, repeat=40, timer=time.process_time)
    table.add_row("this host (processor, best of 40)", f"{min(rounds) / 5_000 * 1e6:.1f}")
    asyncio.run(limits.close())
    if redis is not None:
        url = SecretStr(redis.url)
        for tasks in (1, 32):  # by the clock on the wall, Redis and its way included
            cost = asyncio.run(_over_hosts(policy, folder / "cost", url, tasks))
            table.add_row(f"over hosts, {tasks} at a time", f"{cost:.0f}")
    return table


async def _over_hosts(policy: LimitPolicy, folder: Path, url: SecretStr, tasks: int) -> float:
    limits = open_limits(policy, folder, redis_url=url)
    each = 4_000 // tasks

    async def client() -> None:
        for _ in range(each):
            await limits.consume_distributed(ADDRESS, JTI)

    await client()
    began_s = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(tasks)))
    taken_s = time.perf_counter() - began_s
    await limits.close()
    return taken_s / (each * tasks) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.limits", description=__doc__)
    parser.add_argument("--windows", type=int, default=1000)
    windows: int = parser.parse_args().windows
    program = shutil.which("redis-server")
    with tempfile.TemporaryDirectory(prefix="lim") as name:
        folder = Path(name)
        redis = None if program is None else Redis(Path(program), folder)
        if redis is None:
            print("redis-server is not installed, so there is no figure over hosts")
        else:
            redis.start()
        try:
            Console().print(exactness(folder, windows, redis))
            Console().print(costs(folder, redis))
        finally:
            if redis is not None:
                redis.kill()

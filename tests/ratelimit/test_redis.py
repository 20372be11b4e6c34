"""A real Redis that is killed, frozen, refuses or comes back empty: limits go on."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from iargus.errors import RateLimited
from iargus.ratelimit.host import HostCounters
from iargus.ratelimit.memory import CounterMemory
from iargus.ratelimit.redis_counters import RedisCounters
from iargus.ratelimit.requests import RequestLimits
from iargus.ratelimit.table import Limit, count_of
from tests.ratelimit.conftest import Seconds
from tests.services.fault_proxy import NORMAL, Fault, FaultProxy
from tests.services.redis import Redis

QUOTA = 10
LIMITS = (
    Limit("token", "requests of this token", QUOTA, 60),
    Limit("address", "requests of this client address", 15, 60),
    Limit("issuance", "new tokens for this client address", 5, 3600),
)
TIMEOUT_S = 0.25
GONE, BACK = "Redis does not answer", "Redis answers again"


class Host:
    """One host: its counters, what they share, and who decided how often."""

    def __init__(self, folder: Path, url: str, seconds: Seconds) -> None:
        self.decided: list[tuple[str, str, bool]] = []
        self.shared = RedisCounters(SecretStr(url), timeout_s=TIMEOUT_S, probe_interval_s=0.05)
        self.counters = HostCounters(CounterMemory(folder / "counters.bin", LIMITS), seconds)
        self.limits = RequestLimits(
            self.counters,
            LIMITS,
            shared=self.shared,
            decided=lambda *decision: self.decided.append(decision),
        )

    async def admitted(self, times: int, token: str = "ada", address: str = "x") -> int:
        """How many of so many requests are admitted, one after another."""
        count = 0
        for _ in range(times):
            try:
                await self.limits.consume_distributed(address, token)
                count += 1
            except RateLimited:
                pass
        return count

    def counted(self, table: int, name: str) -> int:
        """What this host has counted of a key."""
        return count_of(self.counters.look(self.counters.key(table, name)).state)

    async def until_redis_decides(self) -> None:
        """Wait for a request that Redis has admitted, each of a token of its own."""
        deadline_s = time.monotonic() + 10
        while not self.decided or self.decided[-1][1:] != ("redis", True):
            assert time.monotonic() < deadline_s
            await asyncio.sleep(0.01)
            token = f"probing {len(self.decided)}"
            await self.limits.consume_distributed(token, token)

    @property
    def backends(self) -> set[str]:
        return {backend for _, backend, _ in self.decided}


@asynccontextmanager
async def two_hosts(
    tmp_path: Path, redis: Redis, url: str = ""
) -> AsyncIterator[tuple[Host, Host]]:
    """Hosts with one Redis; `url` is another way to it, for the first."""
    seconds = Seconds()
    hosts = [
        Host(tmp_path / name, way, seconds)
        for name, way in (("first", url or redis.url), ("second", redis.url))
    ]
    try:
        yield hosts[0], hosts[1]
    finally:
        for host in hosts:
            await host.limits.close()


def test_hosts_share_one_quota_and_its_fields(tmp_path: Path, redis: Redis) -> None:
    async def scenario() -> None:
        async with two_hosts(tmp_path, redis) as (first, second):
            assert await first.admitted(4) == 4
            fields = dict(await second.limits.consume_distributed("x", "ada"))
            assert fields[b"ratelimit"].startswith(b'"token";r=5;t=60, "address";r=10;')
            assert await second.admitted(9) == 5
            assert await first.admitted(3) == 0
            assert first.backends == second.backends | {"host"}

    asyncio.run(scenario())


def test_what_redis_refused_is_refused_by_the_host_and_charged_to_no_address(
    tmp_path: Path, redis: Redis
) -> None:
    async def scenario() -> None:
        async with two_hosts(tmp_path, redis) as (first, second):
            assert await first.admitted(QUOTA) == QUOTA
            assert await second.admitted(5) == 0
            # Redis refused once; from then on it was not asked.
            refusals = [backend for _, backend, allowed in second.decided if not allowed]
            assert refusals == ["redis", "host", "host", "host", "host"]
            assert second.counted(1, "x") == 0
            # 15 of the address less the 10 that were admitted, on either host.
            assert await second.admitted(9, token="bob") == 5

    asyncio.run(scenario())


def test_an_address_that_redis_refused_charges_no_token_of_this_host(
    tmp_path: Path, redis: Redis
) -> None:
    async def scenario() -> None:
        async with two_hosts(tmp_path, redis) as (first, second):
            assert await first.admitted(QUOTA, token="ada") == QUOTA
            assert await first.admitted(QUOTA, token="bob") == 5
            assert await second.admitted(3, token="eve") == 0
            assert second.decided == [
                ("address", "redis", False),
                ("address", "host", False),
                ("address", "host", False),
            ]
            assert second.counted(0, "eve") == 0

    asyncio.run(scenario())


def test_tokens_that_an_address_asks_for_are_counted_over_hosts(
    tmp_path: Path, redis: Redis
) -> None:
    async def scenario() -> None:
        async with two_hosts(tmp_path, redis) as (first, second):
            for host in (first, second, first, second, first):
                await host.limits.consume_issuance("198.51.100.7")
            with pytest.raises(RateLimited) as caught:
                await second.limits.consume_issuance("198.51.100.7")
            assert (caught.value.limiter, caught.value.retry_after_s) == ("issuance", 3600)

    asyncio.run(scenario())


def test_requests_of_one_key_at_the_same_time_are_counted_together(
    tmp_path: Path, redis: Redis
) -> None:
    async def scenario() -> None:
        async with two_hosts(tmp_path, redis) as (first, second):
            done = await asyncio.gather(
                *(host.admitted(1, address=str(n)) for n in range(20) for host in (first, second))
            )
            assert sum(done) == QUOTA
            numbers = await asyncio.gather(
                *(first.shared.number("key", expiry_s=60) for _ in range(50))
            )
            assert sorted(number or 0 for number in numbers) == list(range(1, 51))
            calls = redis.command("INFO", "commandstats").split(b"cmdstat_incrby:calls=")[1]
            assert int(calls.split(b",")[0]) < 70

    asyncio.run(scenario())


Trouble = Callable[[Redis], None]


def killed(redis: Redis) -> None:
    redis.kill()


def frozen(redis: Redis) -> None:
    redis.freeze()


def full(redis: Redis) -> None:
    """It answers a ping, and refuses to count."""
    redis.command("CONFIG SET maxmemory 1")


@pytest.mark.parametrize("trouble", [killed, frozen, full])
def test_the_host_goes_on_from_what_it_admitted_and_says_so_once(
    tmp_path: Path, redis: Redis, caplog: pytest.LogCaptureFixture, trouble: Trouble
) -> None:
    async def scenario() -> None:
        async with two_hosts(tmp_path, redis) as (first, second):
            assert (await first.admitted(4), await second.admitted(2)) == (4, 2)
            trouble(redis)
            before = len(first.decided)
            # 10 less the 4 of this host; of the other's 2 it knows nothing.
            assert await first.admitted(9) == 6
            assert {backend for _, backend, _ in first.decided[before:]} == {"host"}
            await until(lambda: GONE in caplog.text)
            if trouble is killed:
                redis.start()
            elif trouble is frozen:
                redis.thaw()
            else:
                redis.command("CONFIG SET maxmemory 0")
            await first.until_redis_decides()
            assert await first.admitted(3) == 0

    with caplog.at_level(logging.WARNING):
        asyncio.run(scenario())
    assert (caplog.text.count(GONE), caplog.text.count(BACK)) == (1, 1)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.delayed(2 * TIMEOUT_S),
        Fault.throttled(1),
        Fault.reset(),
        Fault.half_open(),
        Fault.half_open("to_client"),
        Fault.frozen(),
        Fault.refused(),
    ],
    ids=lambda fault: f"{fault.kind} {fault.delay_s} {fault.bytes_per_s} {len(fault.directions)}",
)
def test_a_network_that_fails_before_redis_leaves_the_host_to_itself(
    tmp_path: Path, redis: Redis, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    async def scenario(proxy: FaultProxy) -> None:
        way = f"redis://127.0.0.1:{proxy.port}/0"
        async with two_hosts(tmp_path, redis, way) as (first, second):
            assert (await first.admitted(2), await second.admitted(3)) == (2, 3)
            proxy.set(fault)
            before = len(first.decided)
            assert await first.admitted(QUOTA) == QUOTA - 2
            assert {backend for _, backend, _ in first.decided[before:]} == {"host"}
            # Whom the network serves goes on with Redis.
            assert await second.admitted(1) == 1
            assert second.backends == {"redis"}
            await until(lambda: GONE in caplog.text)
            proxy.set(NORMAL)
            await first.until_redis_decides()

    with caplog.at_level(logging.WARNING), FaultProxy(redis.socket) as proxy:
        asyncio.run(scenario(proxy))
    assert (caplog.text.count(GONE), caplog.text.count(BACK)) == (1, 1)


def test_a_redis_that_hangs_costs_one_time_out_and_no_more(tmp_path: Path, redis: Redis) -> None:
    async def scenario() -> None:
        async with two_hosts(tmp_path, redis) as (first, _):
            await first.admitted(1)
            redis.freeze()
            await first.admitted(1)
            # Each of them for itself, twice: one that waited would wait for the whole time-out.
            async with asyncio.timeout(TIMEOUT_S):
                await first.admitted(20)
            assert first.backends == {"redis", "host"}

    asyncio.run(scenario())


def test_a_redis_that_refuses_connections_is_told_and_taken_up_later(
    tmp_path: Path, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    redis.kill()
    redis.start("--maxclients", "1")

    async def scenario() -> None:
        async with two_hosts(tmp_path, redis) as (first, second):
            assert await first.admitted(1) == 1
            assert await second.admitted(QUOTA + 1) == QUOTA
            await until(lambda: GONE in caplog.text)
            await first.shared.close()
            await second.until_redis_decides()

    with caplog.at_level(logging.WARNING):
        asyncio.run(scenario())


def test_a_redis_that_comes_back_empty_gives_this_host_nothing_again(
    tmp_path: Path, redis: Redis
) -> None:
    async def scenario() -> None:
        async with two_hosts(tmp_path, redis) as (first, _):
            assert await first.admitted(QUOTA) == QUOTA
            redis.kill()
            redis.start()
            await first.until_redis_decides()
            assert await first.admitted(5) == 0

    asyncio.run(scenario())


async def until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline_s
        await asyncio.sleep(0.01)


def test_a_count_that_does_not_come_is_not_waited_for_behind_another_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def hang(*_: object) -> int:
        await asyncio.Event().wait()
        return 0

    async def ask() -> list[int | None]:
        counters = RedisCounters(SecretStr("redis://127.0.0.1:1"), timeout_s=0.05)
        monkeypatch.setattr(counters, "_incr", hang)
        try:
            async with asyncio.timeout(5):
                return await asyncio.gather(*(counters.number("k", expiry_s=60) for _ in range(3)))
        finally:
            await counters.close()

    assert asyncio.run(ask()) == [None, None, None]

"""Counting over all hosts: this one first, then Redis, which may refuse what the host admitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iargus.ratelimit.host import HostCounters
from iargus.ratelimit.outcome import Backend, DecisionReporter, Fields, Outcome
from iargus.ratelimit.table import Key, count_of, end_of, with_count

if TYPE_CHECKING:
    # A service without Redis need not have its client in memory.
    from iargus.ratelimit.redis_counters import RedisCounters


class DistributedLimiter:
    """The host always counts, also where Redis decides: when Redis is gone, what was admitted on
    this host is not forgotten, and Redis is not asked about a key that is used up here.

    What Redis refuses is marked as used up on this host until the window ends, and is refused
    here from then on.
    """

    def __init__(
        self, host: HostCounters, reporter: DecisionReporter, shared: RedisCounters
    ) -> None:
        self._host = host
        self._reporter = reporter
        self._shared = shared

    async def consume(self, first: Key, second: Key | None) -> Fields:
        """Count one request under each key, or under none.

        Raises:
            RateLimited: one of them is used up.
        """
        allowed, outcome = self._host.count(first, second)
        if not allowed:
            raise self._reporter.refused(outcome, self._host.backend)
        backend: Backend = "redis"
        number = await self._number(first, outcome.state)
        if number is None:
            backend = self._host.backend
        elif number > first.table.quota:
            raise self._reporter.refused(self._only_first_exhausted(outcome), backend)
        else:
            outcome = outcome._replace(state=_at_least(outcome.state, number))
            if second is not None:
                number = await self._number(second, outcome.other)
                if number is None:
                    backend = self._host.backend
                elif number > second.table.quota:
                    raise self._reporter.refused(self._only_second_exhausted(outcome), backend)
                else:
                    outcome = outcome._replace(other=_at_least(outcome.other, number))
        return self._reporter.admitted(outcome, backend)

    async def close(self) -> None:
        await self._shared.close()

    async def _number(self, key: Key, state: int) -> int | None:
        limit = key.table.limit
        # The window is part of the name: those of all hosts begin and end by the clock.
        name = f"{limit.name}/{key.name}/{end_of(state)}"
        return await self._shared.number(name, expiry_s=limit.window_s)

    def _only_first_exhausted(self, outcome: Outcome) -> Outcome:
        first, second, _, state, other = outcome
        self._host.exhaust(first, end_of(state))
        state = with_count(state, first.table.quota)
        if second is not None:
            self._host.refund(second, end_of(other))
            other -= 1
        return outcome._replace(state=state, other=other)

    def _only_second_exhausted(self, outcome: Outcome) -> Outcome:
        first, second, _, state, other = outcome
        assert second is not None
        # In Redis the first keeps its charge. That happens to requests that are under way when the
        # address is used up and to no more: the next one is refused by this host.
        self._host.exhaust(second, end_of(other))
        self._host.refund(first, end_of(state))
        return outcome._replace(state=state - 1, other=with_count(other, second.table.quota))


def _at_least(state: int, count: int) -> int:
    return with_count(state, max(count, count_of(state)))

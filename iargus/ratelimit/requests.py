"""What a request is counted under: its token and the address it comes from."""

from __future__ import annotations

from iargus.ratelimit.addresses import address_key
from iargus.ratelimit.distributed import DistributedLimiter, SharedCounters
from iargus.ratelimit.headers import Fields
from iargus.ratelimit.host import HostCounters
from iargus.ratelimit.limit import Limit
from iargus.ratelimit.outcome import Decided, DecisionReporter
from iargus.ratelimit.table import Key, count_of

TOKEN, ADDRESS, ISSUANCE = 0, 1, 2


class RequestLimits:
    """Admits requests, or raises `RateLimited`. What it gives are the answer's fields.

    A request that one limit refuses is not counted under the other: a client that is over the
    limit of its token takes nothing from its neighbours behind the same address.

    The methods without `_everywhere` wait for nothing but this host's other workers and may be
    called on the event loop; where `is_distributed` is False they are all that is needed.
    """

    def __init__(
        self,
        host: HostCounters,
        limits: tuple[Limit, Limit, Limit],
        *,
        limit_addresses: bool = True,
        shared: SharedCounters | None = None,
        decided: Decided | None = None,
    ) -> None:
        """`limits` are those of `host`'s tables: requests of a token, requests of an address
        (unless not `limit_addresses`), tokens that an address asks for. `decided` is told the
        limiter's name, who decided, and whether the request was admitted, once for each limiter
        that had a say."""
        self._host = host
        self._limit_addresses = limit_addresses
        self._telling = DecisionReporter(limits, second=limits[ADDRESS], decided=decided)
        self._every_host = (
            None if shared is None else DistributedLimiter(host, self._telling, shared)
        )

    @property
    def is_distributed(self) -> bool:
        """Whether the methods with `_everywhere` are the ones to call."""
        return self._every_host is not None

    def check_address(self, address: str) -> None:
        """Refuse an address that is used up before anything is done for it; count nothing.

        Raises:
            RateLimited: it is.
        """
        if not self._limit_addresses:
            return
        key = self._host.key(ADDRESS, address, address_key)
        if key.table.seems_exhausted(key, int(self._host.now_s())):
            outcome = self._host.look(key)
            if count_of(outcome.state) >= key.table.quota:
                raise self._telling.refused(outcome, self._host.backend)

    def admit(self, address: str, jti: str) -> Fields:
        """Count one request of a token from an address.

        Raises:
            RateLimited: the token or the address is used up.
        """
        return self._admit(self._host.key(TOKEN, jti), self._address(address))

    def admit_unknown(self, address: str) -> Fields:
        """Count one request from an address whose token is not good, or that is not asked for one.

        Raises:
            RateLimited: the address is used up.
        """
        key = self._address(address)
        return [] if key is None else self._admit(key, None)

    def admit_issuance(self, address: str) -> Fields:
        """Count one token that an address asks for.

        Raises:
            RateLimited: the address is used up, for tokens or for requests.
        """
        key = self._host.key(ISSUANCE, address, address_key)
        return self._admit(key, self._address(address))

    async def consume_distributed(self, address: str, jti: str) -> Fields:
        """As `admit`, over all hosts."""
        return await self._ask(self._host.key(TOKEN, jti), self._address(address))

    async def consume_address_distributed(self, address: str) -> Fields:
        """As `admit_unknown`, over all hosts."""
        key = self._address(address)
        return [] if key is None else await self._ask(key, None)

    async def consume_issuance_distributed(self, address: str) -> Fields:
        """As `admit_issuance`, over all hosts."""
        key = self._host.key(ISSUANCE, address, address_key)
        return await self._ask(key, self._address(address))

    async def close(self) -> None:
        """Let go of Redis and of the file; the counts stay in both."""
        if self._every_host is not None:
            await self._every_host.close()
        self._host.close()

    def _address(self, address: str) -> Key | None:
        return self._host.key(ADDRESS, address, address_key) if self._limit_addresses else None

    def _admit(self, first: Key, second: Key | None) -> Fields:
        allowed, outcome = self._host.count(first, second)
        if not allowed:
            raise self._telling.refused(outcome, self._host.backend)
        return self._telling.admitted(outcome, self._host.backend)

    async def _ask(self, first: Key, second: Key | None) -> Fields:
        if self._every_host is None:
            return self._admit(first, second)
        return await self._every_host.admit(first, second)

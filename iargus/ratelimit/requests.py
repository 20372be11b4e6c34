"""What a request is counted under: its token, and the address or network it comes from."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from iargus.ratelimit.distributed import DistributedLimiter
from iargus.ratelimit.host import HostCounters
from iargus.ratelimit.outcome import Decided, DecisionReporter, Fields
from iargus.ratelimit.table import Key, Limit, count_of

if TYPE_CHECKING:
    from iargus.ratelimit.redis_counters import RedisCounters

# A site is given at least a /64, and each machine in it may take any address of that: a limit by
# the whole address would limit nobody (RFC 6177, RFC 8981).
IPV6_PREFIX_BITS = 64
_LONGEST = 128


def address_key(address: str) -> str:
    """The name under which requests of a client address are counted: an IPv4 address, the /64 of
    an IPv6 address, or the text itself where it is neither."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:_LONGEST]
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    network = int(found) >> (128 - IPV6_PREFIX_BITS) << (128 - IPV6_PREFIX_BITS)
    return f"{ipaddress.IPv6Address(network)}/{IPV6_PREFIX_BITS}"


TOKEN, ADDRESS, ISSUANCE = 0, 1, 2


class RequestLimits:
    """Consumes quotas of tokens and addresses, or raises `RateLimited`. Every `consume` gives the
    headers of the answer.

    A request that one limit refuses is not counted under the other: a client that is over the
    limit of its token takes nothing from its neighbours behind the same address.
    """

    def __init__(
        self,
        host: HostCounters,
        limits: tuple[Limit, Limit, Limit],
        *,
        limit_addresses: bool = True,
        shared: RedisCounters | None = None,
        decided: Decided | None = None,
    ) -> None:
        """`limits` are those of `host`'s tables: requests of a token, requests of an address
        (unless not `limit_addresses`), tokens that an address asks for. `decided` is called
        with the limiter's name, who decided, and whether the request was admitted, once for each
        limiter that decided."""
        self._host = host
        self._limit_addresses = limit_addresses
        self._reporter = DecisionReporter(limits, second=limits[ADDRESS], decided=decided)
        self._distributed = (
            None if shared is None else DistributedLimiter(host, self._reporter, shared)
        )

    @property
    def is_distributed(self) -> bool:
        """Whether Redis counts over all hosts: then `consume_distributed` is the one to call."""
        return self._distributed is not None

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
                raise self._reporter.refused(outcome, self._host.backend)

    def consume(self, address: str, jti: str) -> Fields:
        """Count one request of a token from an address, on this host alone. It waits for nothing
        but the host's other workers, so it may be called on the event loop.

        Raises:
            RateLimited: the token or the address is used up.
        """
        return self._consume(self._host.key(TOKEN, jti), self._address(address))

    async def consume_distributed(self, address: str, jti: str) -> Fields:
        """As `consume`, over all hosts."""
        return await self._consume_distributed(self._host.key(TOKEN, jti), self._address(address))

    async def consume_address(self, address: str) -> Fields:
        """Count one request from an address whose token is not good, or that is not asked for one.

        Raises:
            RateLimited: the address is used up.
        """
        key = self._address(address)
        return [] if key is None else await self._consume_distributed(key, None)

    async def consume_issuance(self, address: str) -> Fields:
        """Count one token that an address asks for.

        Raises:
            RateLimited: the address is used up, for tokens or for requests.
        """
        key = self._host.key(ISSUANCE, address, address_key)
        return await self._consume_distributed(key, self._address(address))

    async def close(self) -> None:
        """Let go of Redis and of the file; the counts stay in both."""
        if self._distributed is not None:
            await self._distributed.close()
        self._host.close()

    def _address(self, address: str) -> Key | None:
        return self._host.key(ADDRESS, address, address_key) if self._limit_addresses else None

    def _consume(self, first: Key, second: Key | None) -> Fields:
        allowed, outcome = self._host.count(first, second)
        if not allowed:
            raise self._reporter.refused(outcome, self._host.backend)
        return self._reporter.admitted(outcome, self._host.backend)

    async def _consume_distributed(self, first: Key, second: Key | None) -> Fields:
        if self._distributed is None:
            return self._consume(first, second)
        return await self._distributed.consume(first, second)

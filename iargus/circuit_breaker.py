"""A circuit breaker: nobody waits twice for a server that does not answer.

The states and nothing else: closed, open after `failures` in a row, and half-open while one probe
is under way. `deadline` (threads) and `ratelimit.redis_probe` (asyncio) run the calls around it.
Libraries such as pybreaker call the function themselves, in the thread that asks, and so offer
neither a bounded wait nor a probe beside the requests.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable


class CircuitBreaker:
    """Safe for threads; never waits.

    Args:
        failures: how many in a row open it.
        retry_s: from a failure to the next probe.
        probe_at_once: whether the first probe may follow at once, for a server that is asked beside
            the requests. Not when the breaker was closed less than `retry_s` ago: a server that
            answers probes only would make it flutter.
    """

    def __init__(
        self,
        *,
        failures: int,
        retry_s: float,
        probe_at_once: bool = False,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures = failures
        self._retry_s = retry_s
        self._probe_at_once = probe_at_once
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._failed_in_a_row = 0
        self._probe_at_s: float | None = None
        self._closed_at_s = -math.inf

    @property
    def is_open(self) -> bool:
        """Whether the server is known not to answer."""
        return self._probe_at_s is not None

    def admit(self) -> bool:
        """Whether a call may be made: always while closed, and as the one probe when it is time."""
        if self._probe_at_s is None:
            return True
        with self._lock:
            if self._probe_at_s is None:
                return True
            now_s = self._monotonic_s()
            if now_s < self._probe_at_s:
                return False
            # This call is the probe; others do not wait for it.
            self._probe_at_s = now_s + self._retry_s
            return True

    def seconds_to_probe(self) -> float:
        """How long until the next probe; 0 when it is time, or the breaker is closed."""
        with self._lock:
            if self._probe_at_s is None:
                return 0.0
            return max(0.0, self._probe_at_s - self._monotonic_s())

    def succeed(self) -> bool:
        """Note an answer; whether that has closed the breaker."""
        with self._lock:
            was_open, self._probe_at_s = self._probe_at_s is not None, None
            self._failed_in_a_row = 0
            if was_open:
                self._closed_at_s = self._monotonic_s()
        return was_open

    def fail(self) -> bool:
        """Note a failure; whether that has opened the breaker."""
        with self._lock:
            self._failed_in_a_row += 1
            if self._failed_in_a_row < self._failures:
                return False
            now_s = self._monotonic_s()
            was_open = self._probe_at_s is not None
            flutters = now_s - self._closed_at_s < self._retry_s
            at_once = self._probe_at_once and not was_open and not flutters
            self._probe_at_s = now_s if at_once else now_s + self._retry_s
        return not was_open

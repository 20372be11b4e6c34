"""Counters on a clock of seconds that moves only when told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from iargus.ratelimit.host import HostCounters
from iargus.ratelimit.memory import SLOTS, CounterMemory
from iargus.ratelimit.table import Limit

# A full minute, and so the beginning of a window.
NOON_S = 1_793_620_800


@dataclass
class Seconds:
    """A clock: call it for the time, set `now_s` to move it."""

    now_s: float = NOON_S

    def __call__(self) -> float:
        return self.now_s


MakeCounters = Callable[..., HostCounters]


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def make_counters(tmp_path: Path, seconds: Seconds) -> MakeCounters:
    """Open the counters of one file, as each worker does."""

    def make(*, quota: int = 3, slots: int = SLOTS, name: str = "counters.bin") -> HostCounters:
        limits = [Limit("token", "requests", quota, 60), Limit("address", "requests", quota, 60)]
        return HostCounters(CounterMemory(tmp_path / name, limits, slots=slots), seconds)

    return make


def admitted(counters: HostCounters, *names: str, times: int = 1) -> int:
    """How many of `times` requests are admitted, of a token or of a token and an address."""
    keys = [counters.key(number, name) for number, name in enumerate(names)]
    return sum(counters.count(*keys)[0] for _ in range(times))

"""What a process remembers of keys has a bound, whoever makes them up."""

from __future__ import annotations

import pytest

from iargus.ratelimit import host
from tests.ratelimit.conftest import MakeCounters, admitted


def test_keys_are_forgotten_and_their_counts_are_not(
    make_counters: MakeCounters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "MAX_KNOWN_KEYS", 10)
    counters = make_counters(quota=3)
    assert admitted(counters, "greedy", times=5) == 3
    for number in range(100):
        admitted(counters, f"passer-by {number}")
        assert len(counters._known[0]) <= 10
    assert admitted(counters, "greedy", times=5) == 0

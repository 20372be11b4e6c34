"""The states of a circuit breaker, by a clock that moves only when told to."""

from __future__ import annotations

import pytest

from iargus.circuit_breaker import CircuitBreaker


class Seconds:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def test_opens_after_failures_in_a_row_and_says_so_once(seconds: Seconds) -> None:
    breaker = CircuitBreaker(failures=3, retry_s=10, monotonic_s=seconds)
    assert [breaker.fail(), breaker.fail()] == [False, False]
    breaker.succeed()
    assert [breaker.fail(), breaker.fail(), breaker.fail(), breaker.fail()] == [
        *(False, False),
        *(True, False),
    ]
    assert breaker.is_open


def test_while_open_one_probe_is_admitted_at_a_time(seconds: Seconds) -> None:
    breaker = CircuitBreaker(failures=1, retry_s=10, monotonic_s=seconds)
    assert breaker.admit()
    breaker.fail()
    assert not breaker.admit()
    assert breaker.seconds_to_probe() == 10
    seconds.now_s += 10
    assert breaker.seconds_to_probe() == 0
    assert [breaker.admit(), breaker.admit()] == [True, False]
    seconds.now_s += 10
    assert breaker.admit(), "a probe that never came back does not keep it open for ever"
    assert breaker.succeed()
    assert not breaker.is_open
    assert [breaker.admit(), breaker.admit()] == [True, True]
    assert not breaker.succeed()


def test_the_first_probe_follows_at_once_unless_it_flutters(seconds: Seconds) -> None:
    breaker = CircuitBreaker(failures=1, retry_s=10, probe_at_once=True, monotonic_s=seconds)
    breaker.fail()
    assert breaker.seconds_to_probe() == 0
    breaker.fail()
    assert breaker.seconds_to_probe() == 10
    breaker.succeed()
    seconds.now_s += 9
    breaker.fail()
    assert breaker.seconds_to_probe() == 10, "closed a moment ago"
    breaker.succeed()
    seconds.now_s += 10
    breaker.fail()
    assert breaker.seconds_to_probe() == 0

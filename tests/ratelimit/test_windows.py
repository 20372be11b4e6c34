"""Windows are of the wall clock, also of one that jumps."""

from __future__ import annotations

import pytest

from iargus.ratelimit.table import end_of
from tests.ratelimit.conftest import NOON_S, MakeCounters, Seconds, admitted


def test_a_window_admits_its_quota_and_the_next_begins_with_the_minute(
    make_counters: MakeCounters, seconds: Seconds
) -> None:
    counters = make_counters()
    seconds.now_s += 20
    assert admitted(counters, "ada", times=5) == 3
    seconds.now_s += 39.9
    assert admitted(counters, "ada") == 0
    seconds.now_s += 0.1
    assert admitted(counters, "ada", times=5) == 3


def test_two_workers_share_one_count(make_counters: MakeCounters) -> None:
    first, second = make_counters(), make_counters()
    assert admitted(first, "ada", times=2) == 2
    assert admitted(second, "ada", times=2) == 1
    assert admitted(first, "ada") == 0


def test_a_clock_that_jumps_forward_begins_another_window(
    make_counters: MakeCounters, seconds: Seconds
) -> None:
    counters = make_counters()
    assert admitted(counters, "ada", times=5) == 3
    seconds.now_s += 86_400
    assert admitted(counters, "ada", times=5) == 3


@pytest.mark.parametrize("back_s", [1, 30, 60])
def test_a_clock_set_back_by_up_to_a_window_admits_nothing_twice(
    make_counters: MakeCounters, seconds: Seconds, back_s: int
) -> None:
    counters = make_counters()
    seconds.now_s -= 30
    assert admitted(counters, "ada", times=5) == 3
    seconds.now_s += 30
    assert admitted(counters, "ada", times=2) == 2
    seconds.now_s -= back_s
    assert admitted(counters, "ada", times=5) == 1
    allowed, outcome = counters.count(counters.key(0, "ada"))
    assert (allowed, end_of(outcome.state)) == (False, NOON_S + 60)


def test_a_clock_that_was_far_ahead_locks_nobody_out(
    make_counters: MakeCounters, seconds: Seconds
) -> None:
    counters = make_counters()
    seconds.now_s += 86_400
    assert admitted(counters, "ada", times=5) == 3
    seconds.now_s -= 86_400
    assert admitted(counters, "ada", times=5) == 3


def test_a_worker_that_is_late_does_not_open_the_last_window_again(
    make_counters: MakeCounters, seconds: Seconds
) -> None:
    """Two workers may see the clock in another order than they change the counter."""
    late, early = make_counters(), make_counters()
    early_key, late_key = early.key(0, "ada"), late.key(0, "ada")
    assert admitted(early, "ada", times=3) == 3
    seconds.now_s -= 0.001
    assert late.count(late_key)[0] is False
    seconds.now_s += 0.001
    assert early.count(early_key)[0] is False


def test_a_request_counts_under_both_keys_or_under_none(make_counters: MakeCounters) -> None:
    counters = make_counters()
    assert admitted(counters, "ada", "198.51.100.7", times=2) == 2
    assert admitted(counters, "bob", "198.51.100.7", times=2) == 1
    # The address is used up: the token of neither is charged any more.
    assert admitted(counters, "ada", "198.51.100.7", times=9) == 0
    assert admitted(counters, "ada", "203.0.113.5", times=9) == 1
    # The token is used up: its address is not charged any more.
    assert admitted(counters, "eve", "203.0.113.5", times=9) == 2

"""A full table forgets nobody, and a slot that is half-written admits nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from iargus.ratelimit.host import HostCounters
from iargus.ratelimit.table import SLOTS_OF_A_BUCKET, CounterTable, Key, Limit, count_of
from tests.ratelimit.conftest import NOON_S, MakeCounters, Seconds, admitted

QUOTA = 100


@pytest.fixture
def bucket(make_counters: MakeCounters) -> HostCounters:
    """Counters of one bucket: every key is in it."""
    return make_counters(quota=QUOTA, slots=SLOTS_OF_A_BUCKET)


def test_who_is_over_stays_over_among_any_number_of_others(bucket: HostCounters) -> None:
    assert admitted(bucket, "greedy", times=QUOTA + 1) == QUOTA
    for number in range(1000):
        admitted(bucket, f"passer-by {number}")
    assert admitted(bucket, "greedy", times=QUOTA) == 0


def test_two_keys_that_push_each_other_out_are_not_free(bucket: HostCounters) -> None:
    """The attack on tables that begin a newcomer at nothing: eight keys fill a bucket, and two
    more take turns in pushing each other out."""
    for number in range(SLOTS_OF_A_BUCKET):
        admitted(bucket, f"filler {number}", times=2)
    taken = sum(admitted(bucket, name) for name in ("one", "other") * 500)
    assert taken <= 2 * QUOTA


def test_nobody_is_ever_admitted_more_than_the_quota(bucket: HostCounters) -> None:
    names = [f"key {number}" for number in range(3 * SLOTS_OF_A_BUCKET)]
    taken = dict.fromkeys(names, 0)
    for turn in range(4000):
        # An order that comes back to each key after others have pushed it out.
        name = names[turn * turn % 23 % len(names)]
        taken[name] += admitted(bucket, name)
    assert max(taken.values()) <= QUOTA


def test_newcomers_find_room_where_windows_have_ended(
    bucket: HostCounters, seconds: Seconds
) -> None:
    for number in range(SLOTS_OF_A_BUCKET):
        assert admitted(bucket, f"earlier {number}", times=QUOTA) == QUOTA
    assert admitted(bucket, "newcomer") == 0
    seconds.now_s += 60
    assert admitted(bucket, "newcomer", times=QUOTA + 1) == QUOTA


class Killed(BaseException):
    pass


class MortalWords(list[int]):
    """Memory whose process is killed before the store of this number."""

    left = 99

    def __setitem__(self, index: Any, value: Any) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1
        super().__setitem__(index, value)


@pytest.mark.parametrize("stores", [0, 1, 2])
def test_a_process_killed_between_two_stores_makes_nobody_younger(stores: int) -> None:
    words = MortalWords([0] * 3 * SLOTS_OF_A_BUCKET)
    table = CounterTable(words, 0, 1, Limit("token", "requests", QUOTA, 60))  # type: ignore[arg-type]
    keys = [Key(table, str(n), bytes([n + 1] * 16)) for n in range(SLOTS_OF_A_BUCKET + 1)]
    for key in keys[:-1]:
        table.put(key, table.state(key, NOON_S) + 50)
    words.left = stores
    newcomer = keys[-1]
    state = table.state(newcomer, NOON_S)
    with pytest.raises(Killed):
        table.put(newcomer, state + 1)
    words.left = 99
    assert [count_of(table.state(key, NOON_S)) for key in keys] == [50] * len(keys)


def test_keys_of_a_bucket_cannot_be_told_from_outside(make_counters: MakeCounters) -> None:
    """Each file has a secret of its own in its digests; the workers of a host share it."""
    first, again = make_counters(), make_counters()
    other = make_counters(name="other.bin")
    assert first.key(0, "ada").low == again.key(0, "ada").low
    assert first.key(0, "ada").low != other.key(0, "ada").low

"""Numbers of predictions: UUIDs of version 7."""

from __future__ import annotations

import os
import time
from uuid import UUID

import pytest

from iargus.serving.recording.ids import PredictionIds


def test_they_are_uuids_of_version_7() -> None:
    for text in PredictionIds().new(1000):
        number = UUID(text)
        assert str(number) == text
        assert (number.version, number.variant) == (7, "specified in RFC 4122")


def test_they_begin_with_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = PredictionIds()
    first = ids.new(1)[0]
    later_ns = time.time_ns() + 2_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later_ns)
    second = ids.new(1)[0]

    assert UUID(second).int >> 80 == later_ns // 1_000_000
    assert first < second


@pytest.mark.parametrize("count", [1, 7, 400, 1000])
def test_none_comes_twice(count: int) -> None:
    ids = PredictionIds()
    found = [number for _ in range(3000 // count + 1) for number in ids.new(count)]
    assert len(set(found)) == len(found)
    # 74 bits are random: all of a character's values are met at every random place.
    for place in (*range(15, 18), *range(20, 23), *range(24, 36)):
        assert len({number[place] for number in found}) == 16


def test_a_forked_process_gives_none_of_its_parents() -> None:
    ids = PredictionIds()
    ids.new(1)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, ids.new(1)[0].encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(read, 36).decode()
    assert theirs[20:] not in {number[20:] for number in ids.new(399)}

"""What repeats itself fills no disk."""

from __future__ import annotations

import logging

from iargus.logs import DuplicateFilter


def record(message: str, *args: object, level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord("iargus.api", level, __file__, 1, message, args, None)


def test_the_same_line_passes_once_in_an_interval_and_then_says_how_often_it_came() -> None:
    now_s = [100.0]
    seldom = DuplicateFilter(10.0, lambda: now_s[0])
    assert seldom.filter(record("%s: gone", "DATABASE"))
    for _ in range(7):
        now_s[0] += 1
        assert not seldom.filter(record("%s: gone", "DATABASE"))
    now_s[0] += 3
    last = record("%s: gone", "DATABASE")
    assert seldom.filter(last)
    assert last.getMessage() == "DATABASE: gone (and 7 times before)"
    assert not seldom.filter(record("%s: gone", "DATABASE"))


def test_other_lines_and_tracebacks_pass() -> None:
    seldom = DuplicateFilter(10.0, lambda: 0.0)
    assert seldom.filter(record("a"))
    assert seldom.filter(record("b"))
    assert seldom.filter(record("a", level=logging.ERROR))
    failed = record("a")
    failed.exc_info = (ValueError, ValueError("x"), None)
    assert seldom.filter(failed)


def test_it_remembers_no_more_lines_than_it_may() -> None:
    seldom = DuplicateFilter(10.0, lambda: 0.0)
    for number in range(10_000):
        assert seldom.filter(record("line %d", number))
    assert len(seldom._lines) <= 256

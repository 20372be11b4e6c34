"""Calendar months."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iargus.monitoring.period import Period, between


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2018, 12, 1), "2018-11"),
        (date(2018, 12, 31), "2018-11"),
        (date(2019, 1, 1), "2018-12"),
        (date(2024, 3, 1), "2024-02"),
    ],
)
def test_the_last_complete_month(as_of: date, expected: str) -> None:
    assert str(Period.last_complete(as_of)) == expected


def test_bounds_are_half_open_and_meet() -> None:
    december = Period(2018, 12)
    assert (december.start, december.end) == (datetime(2018, 12, 1), datetime(2019, 1, 1))
    assert december.end == december.next().start


@given(st.dates(min_value=date(2, 1, 1), max_value=date(9000, 1, 1)))
def test_writing_and_reading_again_gives_the_same(day: date) -> None:
    period = Period.last_complete(day)
    assert Period.parse(str(period)) == period
    assert period.next().previous() == period
    assert period.end <= datetime(day.year, day.month, day.day)


@pytest.mark.parametrize("text", ["2018-13", "2018-00", "2018-1", "18-01", "2018-01-01", "", "x"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        Period.parse(text)


def test_the_months_between() -> None:
    assert [str(month) for month in between(Period(2018, 10), Period(2019, 2))] == [
        "2018-11",
        "2018-12",
        "2019-01",
    ]
    assert between(Period(2018, 10), Period(2018, 11)) == ()
    assert between(Period(2018, 10), Period(2018, 10)) == ()

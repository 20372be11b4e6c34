"""Dates as people and programs write them, one by one and as a column."""

from __future__ import annotations

from datetime import datetime

import pytest

from iargus.tables.values.date_columns import DateColumn, decide_order
from iargus.tables.values.dates import DateInvalid, split_date, timestamp_of


@pytest.mark.parametrize(
    ("text", "timestamp"),
    [
        ("2026-08-03", datetime(2026, 8, 3)),
        ("20260803", datetime(2026, 8, 3)),
        ("2026/8/3", datetime(2026, 8, 3)),
        ("2026-08-03T10:15:00+02:00", datetime(2026, 8, 3, 8, 15)),
        ("2026-08-03 10:15:00 +0200", datetime(2026, 8, 3, 8, 15)),
        ("2026-08-03 10:15 PM", datetime(2026, 8, 3, 22, 15)),
        ("2026-08-03T10:15:00Z", datetime(2026, 8, 3, 10, 15)),
        ("Mon Feb 02 2026 10:15:00 GMT-0800 (PST)", datetime(2026, 2, 2, 18, 15)),
        ("Wed Mar 04 2026 01:30:00 GMT-0800 (PST)", datetime(2026, 3, 4, 9, 30)),
        ("Thu Jun 11 2026 05:00:00 GMT-0700 (Pacific Daylight Time)", datetime(2026, 6, 11, 12)),
        ("Mon, 02 Feb 2026 10:15:00 -0800", datetime(2026, 2, 2, 18, 15)),
        ("Mon Feb 02 10:15:00 PST 2026", datetime(2026, 2, 2, 18, 15)),
        ("Mon Feb  2 10:15:00 2026", datetime(2026, 2, 2, 10, 15)),
        ("Aug 3, 2026", datetime(2026, 8, 3)),
        ("August 3rd 2026", datetime(2026, 8, 3)),
        ("03-Aug-2026", datetime(2026, 8, 3)),
        ("3. März 2026", datetime(2026, 3, 3)),
        ("lundi 3 août 2026", datetime(2026, 8, 3)),
        ("1785715200", datetime(2026, 8, 3)),
        ("1785715200000", datetime(2026, 8, 3)),
        ("05/05/2026", datetime(2026, 5, 5)),
    ],
)
def test_what_a_text_alone_means(text: str, timestamp: datetime) -> None:
    assert timestamp_of(split_date(text), day_first=None) == timestamp


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "soon",
            "10:15",
            "2026-08",
            "08/2026",
            "Aug 2026",
            "46237",
            "2026-13-01",
            "2026-02-30",
        ),
        *("17/06/26", "05-JAN-26", "13/13/2026", "32/01/2026", "0000-00-00", "2026-08-03 25:00"),
        *("2026-08-03 13:00 PM", "Mon Feb 02 10:15:00 XST 2026", "3 Foo 2026", "2026-08-03" * 9),
    ],
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(DateInvalid):
        split_date(text)


def column(*texts: str) -> DateColumn:
    found = DateColumn("date_added")
    for text in texts:
        found.look(text)
    return found


def test_one_date_with_a_day_above_twelve_tells_the_order_of_all() -> None:
    days = decide_order(column("03/08/2026", "17/06/2026"))
    assert days.day_first == {"/": True}
    assert days.because == ("date_added is read as DD/MM/YYYY: 17/06/2026 has no month 17",)

    months = decide_order(column("03/08/2026", "06/17/2026"))
    assert months.day_first == {"/": False}
    assert timestamp_of(split_date("03/08/2026"), day_first=False) == datetime(2026, 3, 8)


def test_days_up_to_twelve_alone_tell_nothing() -> None:
    order = decide_order(column("03/08/2026", "11/12/2026"))
    assert order.day_first == {}
    with pytest.raises(DateInvalid, match="the day first or the month"):
        timestamp_of(split_date("03/08/2026"), day_first=None)


def test_a_column_of_both_orders_is_not_read() -> None:
    order = decide_order(column("17/06/2026", "06/17/2026", "03/08/2026"))
    assert order.day_first == {}
    assert "has both '17/06/2026' and '06/17/2026'" in order.because[0]


def test_each_separator_has_its_own_order() -> None:
    order = decide_order(column("17/06/2026", "06-17-2026", "2026-06-17"))
    assert order.day_first == {"/": True, "-": False}

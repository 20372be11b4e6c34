"""The newest slice, held out."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from iargus.monitoring.job.retraining import cut_timestamp, hold_out


def days(*numbers: int) -> pd.Series:
    return pd.Series([pd.Timestamp(2018, 11, number) for number in numbers])


@pytest.mark.parametrize(
    ("observed", "fraction", "day"),
    [
        ((1, 2, 3, 4), 0.5, 3),
        ((1, 2, 3, 4), 0.25, 4),
        # The rows of day 2 stay together, on the side that comes nearer to the fraction.
        ((1, 2, 2, 2, 2), 0.5, 2),
        ((1, 2, 2, 2, 3), 0.6, 2),
        ((1, 2, 2, 2, 3), 0.4, 3),
        ((7, 7, 7), 0.5, 7),
        ((7,), 0.1, 7),
    ],
)
def test_the_cut_is_a_moment(observed: tuple[int, ...], fraction: float, day: int) -> None:
    assert cut_timestamp(days(*observed), fraction) == datetime(2018, 11, day)


def table(rows: list[tuple[str | None, float | None, float, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["make", "year", "label", "day"])
    return frame.assign(observed_at=days(*frame.pop("day")))


def test_rows_that_were_learned_are_left_out() -> None:
    learned = table([("ford", 2010, 100.0, 1), (None, None, 50.0, 1), ("kia", 2012, 70.0, 2)])
    window = table(
        [
            ("kia", 2012, 70.0, 2),  # before the cut: not held out at all
            ("ford", 2010, 100.0, 3),  # the same car for the same price
            (None, None, 50.0, 3),  # the same gaps
            ("ford", 2010, 101.0, 3),  # another price
            ("ford", 2011, 100.0, 4),  # another year
        ]
    )
    held = hold_out(window, learned, cut=datetime(2018, 11, 3), columns=["make", "year", "label"])
    assert held.repeated == 2
    assert held.rows["label"].tolist() == [101.0, 100.0]
    assert held.rows.index.tolist() == [0, 1]


def test_whole_numbers_are_the_same_with_and_without_a_gap_in_their_column() -> None:
    learned = table([("ford", 2010, 1.0, 1), ("ford", None, 2.0, 1)])
    window = table([("ford", 2010, 1.0, 3)])
    assert str(window["year"].dtype) != str(learned["year"].dtype)
    held = hold_out(window, learned, cut=datetime(2018, 11, 3), columns=["make", "year", "label"])
    assert held.repeated == 1


def test_nothing_was_learned() -> None:
    window = table([("ford", 2010, 1.0, 3)])
    held = hold_out(
        window, window.iloc[:0], cut=datetime(2018, 11, 3), columns=["make", "year", "label"]
    )
    assert (len(held.rows), held.repeated) == (1, 0)

"""Each content counts once, where it appears first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iargus.storage.labelled.repeats import EarlierRows
from iargus.storage.labelled.row_bits import bits_of

COLUMNS = ("make", "year", "label")


def cars(*rows: tuple[str | None, float | None, float]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def test_a_row_counts_where_it_appears_first() -> None:
    earlier = EarlierRows(COLUMNS)
    earlier.remember(cars(("ford", 2010, 100.0), (None, None, 50.0)))
    rows = cars(
        ("ford", 2010, 100.0),  # known
        (None, None, 50.0),  # known by its gaps
        ("ford", 2010, 101.0),  # another price
        ("kia", 2010, 100.0),
        ("kia", 2010, 100.0),  # a row of this very table
    )
    assert earlier.first(rows).tolist() == [False, False, True, True, False]
    assert not earlier.first(rows).any(), "from now on all of them are earlier rows"


def test_rows_of_the_same_table_need_not_be_looked_at() -> None:
    earlier = EarlierRows(COLUMNS)
    earlier.remember(cars(("ford", 2010, 100.0)))
    rows = cars(("kia", 2010, 1.0), ("kia", 2010, 1.0), ("ford", 2010, 100.0))
    assert earlier.repeated(rows).tolist() == [False, False, True]
    assert earlier.repeated(rows).tolist() == [False, False, True]


def test_whole_numbers_are_the_same_with_and_without_a_gap_in_their_column() -> None:
    earlier = EarlierRows(COLUMNS)
    earlier.remember(pd.DataFrame({"make": ["ford"], "year": [2010], "label": [1]}))
    gap = cars(("ford", 2010, 1.0), ("ford", None, 1.0))
    assert earlier.first(gap).tolist() == [False, True]
    objects = gap.astype(object).where(gap.notna(), None)
    assert not earlier.first(objects).any()


@pytest.mark.parametrize("size", [1, 7, 400])
def test_parts_of_any_size_say_what_the_whole_says(size: int) -> None:
    random = np.random.default_rng(1)
    rows = pd.DataFrame({"make": random.integers(0, 150, 400), "year": 2000, "label": 1.0})
    earlier = EarlierRows(COLUMNS)
    found = [earlier.first(rows.iloc[at : at + size]) for at in range(0, 400, size)]
    assert np.concatenate(found).tolist() == (~rows.duplicated()).tolist()


def test_the_share_of_content_that_others_have_seen() -> None:
    one, other = EarlierRows(COLUMNS), EarlierRows(COLUMNS)
    assert one.share_in(other) == 0
    one.remember(cars(("ford", 1, 1.0), ("kia", 1, 1.0), ("kia", 1, 1.0)))
    other.remember(cars(("ford", 1, 1.0), ("bmw", 1, 1.0)))
    assert one.share_in(other) == 0.5


def test_no_rows_are_no_trouble() -> None:
    earlier = EarlierRows(COLUMNS)
    assert earlier.first(cars()).tolist() == []
    earlier.remember(cars())
    assert earlier.repeated(cars(("ford", 1, 1.0))).tolist() == [False]


def test_the_same_value_has_the_same_bits_in_every_type() -> None:
    for one, *others in (
        ([1.0, 2.0, np.nan], pd.array([1, 2, None], dtype="Int64"), [1, np.float32(2.0), None]),
        ([0.0, 1.0], [-0.0, 1.0], [False, True], pd.array([0, 1], dtype="int8")),
        (["a", None], pd.Categorical(["a", None]), np.array(["a", np.nan], dtype=object)),
    ):
        for other in others:
            assert bits_of(pd.Series(one)).tolist() == bits_of(pd.Series(other)).tolist()
    differ = pd.Series(["1", 1, "nan", None, [1], [2], 2**62, 2**62 + 1, 10**400], dtype=object)
    assert len(set(bits_of(differ).tolist())) == len(differ)
    large = pd.Series([2**62, 2**62 + 1])
    assert bits_of(large).tolist() == bits_of(large.astype(object)).tolist()
    days = pd.Series(pd.to_datetime(["2026-01-01", "2026-01-02", "NaT"]))
    assert len(set(bits_of(days).tolist())) == 3


def test_values_without_a_hash_are_compared_too() -> None:
    rows = pd.DataFrame({"make": [["a"], ["a"], ["b"]], "year": 1, "label": 2})
    assert EarlierRows(COLUMNS).first(rows).tolist() == [True, False, True]

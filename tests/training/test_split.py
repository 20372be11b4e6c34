"""The test part holds what a model could not have known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iargus.errors import DataError
from iargus.training.split import MINIMUM_ROWS, split
from tests.toy_tasks import MOOD_POLICY, ToyMood, mood_rows, mood_task, rent_rows, rent_task


def test_sales_are_parted_in_time() -> None:
    parts = split(rent_task(), rent_rows(100))
    assert len(parts.test) == 20
    assert len(parts.train) == 80
    assert parts.train["observed_at"].max() < parts.test["observed_at"].min()


def test_rows_of_one_moment_stay_together() -> None:
    rows = rent_rows(100)
    rows["observed_at"] = rows["observed_at"].dt.floor("D")
    parts = split(rent_task(), rows)
    assert parts.train["observed_at"].max() < parts.test["observed_at"].min()
    assert len(parts.test) >= 20


def test_when_most_rows_share_the_oldest_moment_the_rest_is_measured_on() -> None:
    rows = rent_rows(100)
    rows.loc[:89, "observed_at"] = pd.Timestamp("2020-01-01")
    parts = split(rent_task(), rows)
    assert len(parts.test) == 10


def test_rows_of_one_single_moment_are_parted_by_chance_and_say_so() -> None:
    rows = rent_rows(100).assign(observed_at=pd.Timestamp("2026-01-01"))
    parts = split(rent_task(), rows)
    assert "random" in parts.how
    assert 5 < len(parts.test) < 40
    pd.testing.assert_frame_equal(parts.test, split(rent_task(), rows).test)


def test_an_advertisement_that_was_posted_again_is_not_measured_on() -> None:
    rows = rent_rows(100)
    rows.loc[95:, ["city", "area", "label"]] = rows.loc[:4, ["city", "area", "label"]].to_numpy()
    rows["area"] = rows["area"].astype(float)
    rows["label"] = rows["label"].astype(float)
    parts = split(rent_task(), rows)
    assert parts.repeated == 5
    assert len(parts.test) == 15


def test_the_same_features_with_another_label_are_measured_on() -> None:
    rows = rent_rows(100)
    rows.loc[99, ["city", "area"]] = rows.loc[0, ["city", "area"]]
    assert split(rent_task(), rows).repeated == 0


def test_sentences_are_stratified_and_rare_labels_stay_in_training() -> None:
    rows = mood_rows(200)
    rows.loc[0, "label"] = "once"
    rows.loc[1:2, "label"] = "twice"
    parts = split(mood_task(), rows)
    assert set(parts.train["label"]) == set(rows["label"])
    assert "once" not in set(parts.test["label"])
    for label, count in rows["label"].value_counts().items():
        if count > 10:
            assert (parts.test["label"] == label).sum() == round(0.2 * count)


def test_a_large_test_part_leaves_one_row_of_every_label_to_learn_from() -> None:
    rows = mood_rows(200)
    rows.loc[1:2, "label"] = "twice"
    greedy = ToyMood("mood", MOOD_POLICY.model_copy(update={"test_fraction": 0.9}))
    assert set(split(greedy, rows).train["label"]) == set(rows["label"])


def test_the_same_seed_gives_the_same_parts() -> None:
    first, second = (split(mood_task(), mood_rows(200)) for _ in range(2))
    pd.testing.assert_frame_equal(first.test, second.test)
    assert isinstance(first.test.index, pd.RangeIndex)


def test_nothing_is_lost_or_doubled() -> None:
    rows = mood_rows(200)
    parts = split(mood_task(), rows)
    together = np.sort(np.concatenate([parts.train["wind"], parts.test["wind"]]))
    np.testing.assert_array_equal(together, np.sort(rows["wind"]))


def test_too_few_rows_are_named_with_how_many_are_needed() -> None:
    with pytest.raises(DataError, match=f"has 7 labelled rows.*at least {MINIMUM_ROWS}"):
        split(rent_task(), rent_rows(7))


def test_one_label_is_not_enough() -> None:
    with pytest.raises(DataError, match="one label only"):
        split(mood_task(), mood_rows(60).assign(label="glad"))


def test_when_every_test_row_repeats_a_train_row_there_is_nothing_to_measure_on() -> None:
    rows = rent_rows(100).assign(city="Lyon", area=50.0, label=500.0)
    with pytest.raises(DataError, match="20 of the test part repeat"):
        split(rent_task(), rows)


def test_what_is_posted_twice_after_the_cut_is_measured_on_once() -> None:
    rows = rent_rows(100)
    again = rows.iloc[[95, 95, 96]].assign(observed_at=rows["observed_at"].max())
    parts = split(rent_task(), pd.concat([rows, again], ignore_index=True))
    content = parts.test[["city", "area", "label"]]
    assert not content.duplicated().any()
    assert parts.repeated == 3
    assert parts.repeated_share == pytest.approx(3 / (3 + len(parts.test)))


def test_a_sentence_is_learned_from_or_measured_on_and_never_both() -> None:
    """Every third row stands there four times; chosen by row, hardly one would be measured on."""
    rows = mood_rows(300)
    rows = pd.concat([rows, *[rows.iloc[::3]] * 3], ignore_index=True)
    parts = split(mood_task(), rows)
    learned, measured = (set(part["wind"]) for part in (parts.train, parts.test))
    assert not learned & measured
    assert parts.test["wind"].is_unique
    repeated = set(rows["wind"].iloc[:300:3])
    assert len(measured & repeated) / len(measured) == pytest.approx(1 / 3, abs=0.15)
    assert len(parts.train) + len(parts.test) + parts.repeated == len(rows)
    assert parts.repeated_share == pytest.approx(0.5)


def test_rows_in_any_order_are_parted_alike() -> None:
    rows = rent_rows(100)
    rows.loc[95:, ["city", "area", "label"]] = rows.loc[:4, ["city", "area", "label"]].to_numpy()
    rows = rows.astype({"area": float, "label": float})
    mixed = rows.sample(frac=1, random_state=1).reset_index(drop=True)
    one, other = split(rent_task(), rows), split(rent_task(), mixed)
    assert one.repeated == other.repeated == 5
    assert set(one.test["observed_at"]) == set(other.test["observed_at"])

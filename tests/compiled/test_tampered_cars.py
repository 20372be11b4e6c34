"""What can be wrong with a bundle of cars that has a good manifest."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from iargus.compiled import masks
from iargus.compiled.errors import Refused
from tests.compiled.forms import CAR_FORM
from tests.compiled.seals import alter_array, alter_document, put, replace

Change = Callable[[Path], object]
VALUE, FEATURE, THRESHOLD = "trees_value.npy", "trees_feature.npy", "trees_threshold.npy"


def all_inner(features: np.ndarray) -> np.ndarray:
    return np.where(features == -1, 0, features).astype(features.dtype)


def array(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Change:
    return lambda folder: alter_array(folder, name, change)


def document(path: str, value: object) -> Change:
    *parents, last = path.split(".")

    def change(raw: dict[str, object]) -> None:
        place: dict[str, object] = raw
        for name in parents:
            place = place[name]  # type: ignore[assignment]
        place[last] = value

    return lambda folder: alter_document(folder, "car.json", change)


TAMPERINGS: dict[str, tuple[Change, str]] = {
    "NaN weight": (array(VALUE, put(0, np.nan)), "NaN"),
    "infinite weight": (array(VALUE, put(0, np.inf)), "infinite"),
    "NaN threshold": (array(THRESHOLD, put(0, np.nan)), "threshold"),
    "column that is not there": (array(FEATURE, put(0, 8)), "column"),
    "negative column": (array(FEATURE, put(0, -2)), "column"),
    "trees without end": (array(FEATURE, all_inner), "lacks a side|mixes"),
    "tree in parts": (array(FEATURE, put(0, -1)), "parts|has a bitset"),
    "sizes that do not add up": (array("trees_sizes.npy", lambda a: a[:-1]), "sizes"),
    "negative sizes": (array("trees_sizes.npy", put(0, -3)), "sizes"),
    "bitset that is not there": (array("trees_bitsets.npy", lambda a: a[:1]), "bitset"),
    "missing values nowhere": (array("trees_missing_left.npy", put(0, 2)), "neither"),
    "fewer trees": (document("models.high.trees", 1), "more trees"),
    "more trees": (document("models.high.trees", 10_000), "fewer trees"),
    "no tree": (document("models.high.trees", 0), "whole number"),
    "margin that is no number": (document("margin_low", ["1"] * 4), "finite"),
    "one margin for all names": (document("margin_low", [0.1]), "each degree of trust"),
    "curve without an end": (document("curve", [-0.1] * 8), "all its segments"),
    "curve that is no number": (document("curve", [None] * 9), "finite"),
    "year that is true": (document("reference_year", True), "finite"),
    "code without a bit": (document("make_ranks", {"ford": -1}), "whole number"),
    "table that is a list": (document("word_level", []), "no object"),
    "too many categories": (
        document("categories", {"3": [float(i) for i in range(300)]}),
        "categor",
    ),
    "column of categories that is none": (document("categories", {"x": [0.0]}), "column"),
    "infinite margin": (
        lambda f: replace(
            f,
            "car.json",
            re.sub(
                rb'"margin_low":\[[^,]*',
                b'"margin_low":[1e999',
                (f / "car.json").read_bytes(),
            ),
        ),
        "finite|JSON",
    ),
    "NaN in JSON": (
        lambda f: replace(
            f, "car.json", (f / "car.json").read_bytes().replace(b'low":', b'low":NaN,"z":', 1)
        ),
        "JSON",
    ),
    "other margin": (document("margin_low", [9.0] * 4), "canaries"),
    "other leaves": (array(VALUE, lambda a: a * 1.001), "canaries"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_model_is_refused(name: str, car_folder: Path) -> None:
    change, message = TAMPERINGS[name]
    change(car_folder)
    with pytest.raises(Refused, match=message):
        CAR_FORM.load(car_folder)


def test_tables_that_would_fill_the_memory_are_refused(
    car_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(masks, "MAX_MASKS", 100)
    with pytest.raises(Refused, match="too many bins"):
        CAR_FORM.load(car_folder)


def test_any_altered_byte_is_refused_or_changes_nothing(car_folder: Path) -> None:
    rng = np.random.default_rng(0)
    names = sorted(path.name for path in car_folder.iterdir() if path.suffix == ".npy")
    for name in [*names, "car.json"] * 10:
        good = (car_folder / name).read_bytes()
        bad = bytearray(good)
        bad[rng.integers(len(bad))] = rng.integers(256)
        replace(car_folder, name, bytes(bad))
        with contextlib.suppress(Refused):
            CAR_FORM.load(car_folder).predict_many([])
        replace(car_folder, name, good)

"""What a name is read as that nobody has seen, and in which time."""

import time

import pytest

from iargus.tasks.car_price.estimator.known_names import (
    KNOWN,
    MAKE_ONLY,
    NEAR,
    NOTHING,
    KnownNames,
)
from iargus.tasks.car_price.estimator.spelling import distance

MODELS = {
    "ford f150": "f 150",
    "toyota camry": "camry",
    "toyota camryle": "camry le",
    "chevrolet silverado1500": "silverado 1500",
    "bmw x5": "x 5",
    "ram 1500": "1500",
    "jeep grandcherokee": "grand cherokee",
}
NAMES = KnownNames(
    {key.split()[0]: rank for rank, key in enumerate(dict.fromkeys(MODELS))},
    {key: rank for rank, key in enumerate(MODELS)},
    MODELS,
)


@pytest.mark.parametrize(
    ("make", "model", "key", "trust", "unknown"),
    [
        ("Toyota", "Camry", "toyota camry", KNOWN, ()),
        ("Toyota", "TOYOTA camry-LE", "toyota camryle", KNOWN, ()),
        ("Toyota", "Camry SE", "toyota camry", NEAR, ("model",)),
        ("Toyota", "All-New Camry Hybrid", "toyota camry", NEAR, ("model",)),
        ("Toyota", "Camrie", "toyota camry", NEAR, ("model",)),
        ("Toyota", "Camri SE", "toyota camry", NEAR, ("model",)),
        ("Toyota", "Cmary", "toyota camry", NEAR, ("model",)),
        ("Toyota", "Cammry", "toyota camry", NEAR, ("model",)),
        ("Toyoda", "Camry", "toyota camry", NEAR, ("make",)),
        ("Unheard Of", "Camry", "toyota camry", NEAR, ("make", "model")),
        ("Chevy", "Silverdo 2500", "chevrolet silverado1500", NEAR, ("model",)),
        ("BMW", "X3", "bmw x5", NEAR, ("model",)),
        ("Ford", "F-15", "ford f150", NEAR, ("model",)),
        ("Ford", "Ram 1500", "ram 1500", NEAR, ("model",)),
        ("Jeep", "GrandCherokee Laredo", "jeep grandcherokee", NEAR, ("model",)),
        ("Toyota", "Supra", "", MAKE_ONLY, ("model",)),
        ("Ferrari", "458", "", NOTHING, ("make", "model")),
        ("Tesla", "Model 3", "", NOTHING, ("make", "model")),
        ("", None, "", NOTHING, ("make", "model")),
    ],
)
def test_a_name_is_read_as_the_known_one_that_it_resembles(
    make: str, model: str, key: str, trust: int, unknown: tuple[str, ...]
) -> None:
    found = NAMES.find(make, model)
    assert (found.key, found.trust, found.unknown) == (key, trust, unknown)


def test_a_digit_is_no_misspelt_other_digit() -> None:
    assert distance("x3", "x5", 1) > 1
    assert distance("camyr", "camry", 2) == 1


def test_hostile_names_take_no_longer_than_a_thread_would() -> None:
    makes = {f"make{i}": i for i in range(60)}
    keys = {f"make{i % 60} model{i}abcdefgh": i for i in range(3_000)}
    names = KnownNames(makes, keys, {key: key.split()[1] for key in keys})
    hostile = ["model " * 21, "m" * 128, "modelabcdefgh " * 9, "é" * 128, "model12 abcdefgi" * 8]
    for text in hostile:
        began = time.process_time()
        for _ in range(20):
            names.find("make7", text)
        assert (time.process_time() - began) / 20 < 0.02

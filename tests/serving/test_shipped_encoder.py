"""`features_encoder.pkl` as it is in the repository."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from iargus.registry import encoder_file

SHIPPED = Path(__file__).parents[2] / "features_encoder.pkl"


def test_the_shipped_encoder_is_the_one_its_digest_says() -> None:
    assert len(encoder_file.check(SHIPPED)) == 64


def test_the_shipped_encoder_encodes_cars_known_and_unknown() -> None:
    encoder = encoder_file.load(SHIPPED)
    cars = pd.DataFrame(
        {
            "state": ["TX", "tx ", None],
            "make": ["Toyota", "TOYOTA", "Wuling"],
            "model": ["Camry", "camry", "Never Heard Of"],
        }
    )
    codes = encoder.transform(cars)
    assert codes.shape[0] == 3
    assert (codes[0] == codes[1]).all()
    assert not (codes[0] == codes[2]).all()

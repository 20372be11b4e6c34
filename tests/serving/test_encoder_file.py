"""`features_encoder.pkl` is read only when its digest is right, and then only known classes."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from iargus.errors import ArtefactRejected
from iargus.registry import encoder_file
from iargus.tasks.car_price.estimator.name_encoder import NameEncoder


@pytest.fixture(scope="module")
def cars() -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "state": random.choice(np.array(["TX", "CA", None], object), 80),
            "make": random.choice(["Toyota", "Ford"], 80),
            "model": random.choice(["Camry", "F-150"], 80),
            "year": random.integers(2005, 2024, 80),
            "mileage": random.uniform(0, 200_000, 80),
        }
    )


@pytest.fixture(scope="module")
def encoder(cars: pd.DataFrame) -> NameEncoder:
    return NameEncoder().fit(cars, np.linspace(3_000, 30_000, len(cars)))


def test_the_encoder_comes_back_as_it_was(
    encoder: NameEncoder, cars: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "features_encoder.pkl"
    digest = encoder_file.write(encoder, path)
    assert encoder_file.check(path) == digest
    np.testing.assert_array_equal(encoder_file.load(path).transform(cars), encoder.transform(cars))


def test_sha256sum_reads_the_sidecar(encoder: NameEncoder, tmp_path: Path) -> None:
    encoder_file.write(encoder, tmp_path / "features_encoder.pkl")
    command = ["sha256sum", "--check", "features_encoder.pkl.sha256"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == "features_encoder.pkl: OK"


def test_an_altered_file_is_refused_before_it_is_read(encoder: NameEncoder, tmp_path: Path) -> None:
    path, trace = tmp_path / "features_encoder.pkl", tmp_path / "trace"
    encoder_file.write(encoder, path)
    path.write_bytes(pickle.dumps(_Bomb(trace)))
    for read in (encoder_file.check, encoder_file.load):
        with pytest.raises(ArtefactRejected, match="altered"):
            read(path)
    assert not trace.exists()


@pytest.mark.parametrize("text", ["", "abc", "é" * 64])
def test_a_sidecar_without_digest_is_refused(
    encoder: NameEncoder, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "features_encoder.pkl"
    encoder_file.write(encoder, path)
    encoder_file.sidecar(path).write_text(text)
    with pytest.raises(ArtefactRejected, match="holds no SHA-256"):
        encoder_file.check(path)


def test_a_missing_file_is_named(encoder: NameEncoder, tmp_path: Path) -> None:
    path = tmp_path / "features_encoder.pkl"
    encoder_file.write(encoder, path)
    path.unlink()
    with pytest.raises(ArtefactRejected, match=r"features_encoder\.pkl is missing"):
        encoder_file.check(path)


class _Bomb:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def _forge(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    encoder_file.sidecar(path).write_text(hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    "reference",
    [
        "cposix\nsystem\n",
        "csubprocess\nPopen\n",
        "cnumpy\nload\n",
        "cpandas\nread_pickle\n",
        "cbuiltins\neval\n",
        "ciargus.estimators.name_encoder\nBaseEstimator.__init__\n",
        "cnumpy.f2py\nos.system\n",
    ],
)
def test_a_pickle_with_a_right_digest_may_still_not_call_what_it_likes(
    tmp_path: Path, reference: str
) -> None:
    path = tmp_path / "features_encoder.pkl"
    _forge(path, reference.encode() + b".")
    with pytest.raises(ArtefactRejected, match=r"which no encoder needs|cannot be read"):
        encoder_file.load(path)


def test_a_broken_pickle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "features_encoder.pkl"
    _forge(path, b"\x80\x05no pickle")
    with pytest.raises(ArtefactRejected, match="cannot be read"):
        encoder_file.load(path)

"""What is no model of ours is refused with its reason, and nothing in it is run."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from iargus.errors import ArtefactRejected
from iargus.registry import artefact
from iargus.training.fit import fit_candidate
from tests.toy_tasks import mood_rows, mood_task, rent_rows, rent_task

RENT = rent_task()


@pytest.fixture
def model(tmp_path: Path) -> tuple[Path, str]:
    path = tmp_path / "model.skops"
    return path, artefact.save(fit_candidate(RENT, rent_rows()), path)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _load(path: Path, sha256: str | None = None) -> Pipeline:
    digest = _digest(path) if sha256 is None else sha256
    return artefact.load(path, sha256=digest, trusted_types=RENT.trusted_types)


def test_a_saved_model_predicts_the_same(model: tuple[Path, str]) -> None:
    features = rent_rows(50, seed=3)[list(RENT.features)]
    expected = fit_candidate(RENT, rent_rows()).predict(features)
    np.testing.assert_array_equal(_load(*model).predict(features), expected)


def test_the_digest_in_capitals_is_the_same_digest(model: tuple[Path, str]) -> None:
    path, digest = model
    _load(path, digest.upper())


def test_a_file_cut_short_is_refused(model: tuple[Path, str]) -> None:
    path, digest = model
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ArtefactRejected, match="altered"):
        _load(path, digest)
    # Also when the registry's digest is that of the damaged file.
    with pytest.raises(ArtefactRejected, match="cannot be read as a skops file"):
        _load(path)


def test_one_altered_bit_is_refused(model: tuple[Path, str]) -> None:
    path, digest = model
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ArtefactRejected, match="altered"):
        _load(path, digest)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtefactRejected, match=r"model\.skops is missing"):
        _load(tmp_path / "model.skops", "0" * 64)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_skops_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.skops"
    path.write_bytes(data)
    with pytest.raises(ArtefactRejected, match="cannot be read as a skops file"):
        _load(path)


def test_a_file_that_unpacks_to_more_than_may_be_is_refused(
    model: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artefact, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(ArtefactRejected, match=r"unpacks to \d+ bytes, more than 1000"):
        _load(*model)


class Bomb:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def test_a_pickle_in_disguise_is_refused_and_not_run(tmp_path: Path) -> None:
    path, trace = tmp_path / "model.skops", tmp_path / "trace"
    path.write_bytes(pickle.dumps(Bomb(trace)))
    with pytest.raises(ArtefactRejected, match="cannot be read as a skops file"):
        _load(path)
    assert not trace.exists()


def test_a_type_that_is_not_on_the_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    bad = Pipeline([("run", FunctionTransformer(os.system)), ("model", LinearRegression())])
    digest = artefact.save(bad, path)
    with pytest.raises(ArtefactRejected, match=r"types that are not on the task's list.*system"):
        _load(path, digest)


def test_an_array_that_hides_a_pickle_is_refused_and_not_run(
    model: tuple[Path, str], tmp_path: Path
) -> None:
    path, _ = model
    trace = tmp_path / "trace"
    hidden = io.BytesIO()
    np.save(hidden, np.array([Bomb(trace)], dtype=object), allow_pickle=True)
    target = tmp_path / "forged.skops"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as forged:
        for name in source.namelist():
            array = name.endswith(".npy")
            forged.writestr(name, hidden.getvalue() if array else source.read(name))
    with pytest.raises(ArtefactRejected, match="cannot be read"):
        _load(target)
    assert not trace.exists()


def test_a_file_cannot_choose_another_protocol_to_be_trusted(model: tuple[Path, str]) -> None:
    path, _ = model
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    schema = json.loads(members["schema.json"])
    schema["protocol"] = 99
    members["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, data in members.items():
            target.writestr(name, data)
    with pytest.raises(ArtefactRejected, match="protocol"):
        _load(path)


def test_an_object_that_is_no_pipeline_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    path.write_bytes(skops.io.dumps(LinearRegression()))
    with pytest.raises(ArtefactRejected, match="holds a LinearRegression, not a"):
        _load(path)


def test_a_failed_save_leaves_the_file_before_it(model: tuple[Path, str]) -> None:
    path, digest = model
    unknown = Pipeline([("run", FunctionTransformer(kw_args={"data": memoryview(b"x")}))])
    with pytest.raises(ArtefactRejected, match="cannot be written"):
        artefact.save(unknown, path)
    assert _digest(path) == digest
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_equal_models_are_equal_files(tmp_path: Path) -> None:
    for task, rows in ((RENT, rent_rows()), (mood_task(), mood_rows())):
        digests = {
            artefact.save(fit_candidate(task, rows), tmp_path / f"{number}.skops")
            for number in range(2)
        }
        assert len(digests) == 1


_FIT = """
import sys, pathlib
from iargus.registry import artefact
from iargus.training.fit import fit_candidate
from tests.toy_tasks import rent_rows, rent_task
print(artefact.save(fit_candidate(rent_task(), rent_rows()), pathlib.Path(sys.argv[1])))
"""


def test_another_process_makes_the_same_file(model: tuple[Path, str], tmp_path: Path) -> None:
    """Addresses, hashes of texts and the hour differ there."""
    done = subprocess.run(
        [sys.executable, "-c", _FIT, str(tmp_path / "other.skops")],
        env={**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == model[1]

"""The training side reads a champion with scikit-learn: digest and our own list of types first.

Also the other files that jobs and commands read: a model's reference, and the encoder's pickle.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import numpy as np
import pytest
from pandas.core.computation import expr, scope
from pandas.io import common, pytables  # type: ignore[attr-defined]
from typer.testing import CliRunner

from iargus.cli.main import app
from iargus.errors import ArtefactRejected
from iargus.monitoring.month.reference import REFERENCE_FILE, find_reference
from iargus.monitoring.month.scoring import find_champion, load_champion
from iargus.registry import encoder_file
from iargus.registry.version import FILE_DIGEST
from tests.security.captive import TASK, Captive, model_file, the_task
from tests.security.skops_attacks import SKOPS_ATTACKS
from tests.security.traps import nothing_runs, pickled, trap_of, trapped
from tests.security.tree_attacks import TREE_ATTACKS


@pytest.fixture
def captive(tmp_path: Path) -> Captive:
    return Captive(tmp_path)


MODELS: Mapping[str, Callable[[Path], bytes]] = dict(SKOPS_ATTACKS) | dict(TREE_ATTACKS)


@pytest.mark.parametrize("name", MODELS)
def test_the_monthly_run_runs_nothing_of_a_champion(captive: Captive, name: str) -> None:
    captive.champion = captive.add(model_file(MODELS[name]))
    registry = captive.registry()
    with nothing_runs(captive.versions[captive.champion].files):
        version = find_champion(the_task(), registry)
        with pytest.raises(ArtefactRejected):
            load_champion(the_task(), version, registry)


class Calls:
    """Calls `function` when it is unpickled."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._call = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self._call


def expression(files: Path) -> Calls:
    """pandas evaluates it as it is constructed, and reaches `os` by a function's globals."""
    names = Calls(scope.Scope, 0, None, None, ({"x": common.IOHandles},), None)
    call = f"x.close.__globals__.get('os').mkdir('{trap_of(files)}')"
    return Calls(expr.Expr, call, "python", "pandas", names)


ENCODERS: Mapping[str, Callable[[Path], bytes]] = {
    "an encoder whose __reduce__ makes a folder": pickled,
    "an encoder pickled by cloudpickle": lambda files: cloudpickle.dumps(
        lambda path=str(trap_of(files)): __import__("os").mkdir(path)
    ),
    "an encoder that empties a file by numpy.memmap": lambda files: pickle.dumps(
        Calls(np.memmap, str(trap_of(files)), "u1", "w+", 0, (4,))
    ),
    "an encoder in which pandas evaluates Python": lambda files: pickle.dumps(expression(files)),
    "an encoder that opens a new HDF5 file by pandas": lambda files: (
        b"cpandas.io.pytables\n"
        + pytables.HDFStore.__name__.encode()
        + b"\n(V"
        + str(trap_of(files)).encode()
        + b"\ntR."
    ),
    "an encoder that reads another pickle by joblib": lambda files: pickle.dumps(
        Calls(joblib.load, str(files))
    ),
    "an encoder that calls getattr": lambda _: b"cbuiltins\ngetattr\n(cos\nVsystem\ntR.",
    "an encoder that imports a module of the attacker": lambda _: b"ciargus_attack\nEncoder\n.",
    "an encoder of a dotted name": lambda _: (
        b"\x80\x04\x8c\x1eiargus.estimators.car_encoder\x8c\x0bnp.f2py.os.system\x93."
    ),
    "an encoder that is another class of ours": lambda _: (
        b"ciargus.estimators.car_features\nCarFeatures\n)\x81."
    ),
    "an encoder that is a list": lambda _: pickle.dumps([1]),
    "an encoder that holds a trap among its attributes": lambda files: (
        b"\x80\x02ciargus.estimators.car_encoder\nCarEncoder\n)\x81}X\x01\x00\x00\x00a"
        + pickled(files, 2)[2:-1]
        + b"sb."
    ),
    "an encoder of persistent identifiers": lambda _: b"Pos.system\n.",
}


@pytest.mark.parametrize("name", ENCODERS)
def test_the_encoder_s_pickle_runs_nothing_though_its_digest_is_right(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "features_encoder.pkl"
    data = ENCODERS[name](path)
    path.write_bytes(data)
    encoder_file.sidecar(path).write_text(hashlib.sha256(data).hexdigest())
    with nothing_runs(path):
        with pytest.raises(ArtefactRejected):
            encoder_file.load(path)
        done = CliRunner().invoke(app, ["encoder", "check", "--path", str(path)])
    assert done.exit_code != 0
    assert isinstance(done.exception, ArtefactRejected | SystemExit)


def _deep(_: dict[str, Any]) -> str:
    return '{"format": 1, "rows": ' + "[" * 100_000


def _changed(**values: object) -> Callable[[dict[str, Any]], str]:
    return lambda document: json.dumps({**document, **values})


REFERENCES: Mapping[str, Callable[[dict[str, Any]], str]] = {
    "a reference of a hundred thousand brackets": _deep,
    "a reference with infinitely many rows": _changed(rows=float("inf")),
    "a reference with a number of rows that is code": _changed(rows="__import__('os').getpid()"),
    "a reference of another format": _changed(format=99),
    "a reference whose columns are a list": _changed(columns=[1]),
    "a reference whose date is of the year 10**6": _changed(start="1000000-01-01T00:00:00"),
    "a reference whose kind is a module": _changed(kinds={"year": "os"}),
    "a reference that is a pickle": lambda _: pickle.dumps(1, 0).decode(),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_is_data_or_none(captive: Captive, name: str) -> None:
    good = {
        "format": 1,
        "rows": 1,
        "start": "2026-01-01",
        "end": "2026-02-01",
        "columns": {},
        "kinds": {},
        "units": [],
        "repeated": 0.0,
        "doubts": None,
    }
    written = REFERENCES[name](good)

    def with_reference(files: Path, tags: dict[str, str]) -> None:
        (files / REFERENCE_FILE).write_text(written)
        tags[FILE_DIGEST + REFERENCE_FILE] = hashlib.sha256(written.encode()).hexdigest()

    captive.champion = captive.add(with_reference)
    registry = captive.registry()
    version = registry.resolve(TASK, "champion")
    assert version is not None
    with nothing_runs(captive.versions[captive.champion].files):
        found = find_reference(version, registry)
    assert found.reference is None
    assert found.reason is not None


def test_the_trap_works(tmp_path: Path) -> None:
    """What every one of these tests looks for does appear where somebody reads a pickle."""
    with pytest.raises(AssertionError), nothing_runs(tmp_path / "files"):
        pickle.loads(pickle.dumps(trapped(tmp_path / "files")))

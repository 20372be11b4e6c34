"""A bundle may serve when it is the very one that was signed, and stays that while it is read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from iargus.compiled.manifest import MANIFEST
from iargus.errors import ArtefactRejected
from iargus.serving.compilation.compiling import export_bundle
from iargus.serving.compilation.opening import open_bundle
from iargus.tasks.base import Task
from iargus.tasks.car_price.compiled.form import CarForm
from tests.serving.cars import car_catalogue, fitted

SKOPS = "a" * 64


@pytest.fixture(scope="module")
def task() -> Task:
    (found,) = car_catalogue("car_opened")
    return found


@pytest.fixture
def folder(task: Task, tmp_path: Path) -> Path:
    place = tmp_path / "bundle"
    export_bundle(CarForm(), fitted(), place, task=task.name, created_from=SKOPS)
    return place


def digest_of(folder: Path) -> str:
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def test_a_good_bundle_of_another_digest_is_refused(task: Task, folder: Path) -> None:
    assert open_bundle(task, folder, digest=digest_of(folder), created_from=SKOPS)
    with pytest.raises(ArtefactRejected, match="the bundle is another one"):
        open_bundle(task, folder, digest="0" * 64, created_from=SKOPS)


def test_a_bundle_that_is_exchanged_while_it_is_read_is_refused(
    task: Task, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one is good as well, of the same task and model, but it was not signed."""
    digest, manifest = digest_of(folder), folder / MANIFEST

    load = CarForm.load

    def late(form: CarForm, directory: Path, **wanted: Any) -> Any:
        data = manifest.read_bytes()
        assert b'"version":""' in data
        manifest.write_bytes(data.replace(b'"version":""', b'"version":"9"'))
        return load(form, directory, **wanted)

    monkeypatch.setattr(CarForm, "load", late)
    with pytest.raises(ArtefactRejected, match="exchanged while it was read"):
        open_bundle(task, folder, digest=digest, created_from=SKOPS)

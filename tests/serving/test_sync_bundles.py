"""Bundles reach this host whole, and workers answer from nothing else."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path

import numpy as np
import pytest

from iargus.errors import ArtefactRejected, RegistryUnavailable
from iargus.registry import ModelVersion, Registry
from iargus.serving.compilation.opening import open_bundle
from iargus.serving.loaded_models import LoadedModels
from iargus.serving.placement import Current, Placement
from iargus.serving.predictor import CompiledPredictor
from iargus.serving.sync.sync import Sync
from iargus.settings import Settings
from iargus.tasks.base import Task
from tests.services.fixtures_mlflow import SettingsOf
from tests.serving.cars import TODAY, car_catalogue, fitted, register


class Host:
    """A task in the registry, and one host that serves it."""

    def __init__(self, settings: Settings, name: str, models_dir: Path) -> None:
        self.catalogue = car_catalogue(name)
        self.task: Task = self.catalogue.get(name)
        self.settings = settings
        self.registry = Registry.connect(settings)
        self.placement = Placement(models_dir)
        self.sync = Sync(self.catalogue, self.registry, self.placement)
        self.champions = LoadedModels(self.catalogue, models_dir)

    def promote(self, scale: float = 1.0) -> ModelVersion:
        version = register(self.registry, self.task, scale)
        return self.registry.promote(self.task.name, version.version)

    def bundle(self, number: str) -> Path:
        return self.placement.bundle_folder(self.task.name, number)

    def ask(self) -> float:
        model = self.champions.get(self.task.name)
        assert isinstance(model.predictor, CompiledPredictor)
        value = self.task.parse_input(self.task.example(), today=TODAY)
        return float(model.predictor.predict([value])[0]["predicted_price"])

    def files(self, number: str) -> set[str]:
        home = self.placement.models_dir / self.task.name / number
        return {path.name for path in home.iterdir()}


@pytest.fixture
def host(toy_settings: SettingsOf, embedded_store: Path, unique: str, tmp_path: Path) -> Host:
    settings = toy_settings(var_dir=embedded_store)
    return Host(settings, f"car_{unique}", tmp_path / "models")


def expected(task: Task, scale: float = 1.0) -> float:
    value = task.parse_input(task.example(), today=TODAY)
    return float(task.predict(fitted(scale), [value])[0]["predicted_price"])


def test_the_bundle_is_placed_and_answers_as_the_estimator(host: Host) -> None:
    version = host.promote()
    assert host.sync.once() == []
    assert host.files("1") == {"bundle", "manifest.json"}
    assert host.placement.manifest(host.task.name, "1").bundle == version.bundle_sha256
    host.champions.refresh()
    assert host.ask() == expected(host.task)
    host.promote(scale=2.0)
    assert host.sync.once() == []
    host.champions.refresh()
    assert host.ask() == expected(host.task, 2.0)


@pytest.fixture
def upgraded(host: Host, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host on which an earlier release has placed a version without a bundle."""
    with monkeypatch.context() as earlier:
        earlier.setattr("iargus.training.fit._compiled", lambda *_: {})
        version = host.promote()
    assert version.bundle_sha256 == ""
    home = host.placement.models_dir / host.task.name / "1"
    home.mkdir(parents=True)
    host.registry.fetch(version, home).rename(home / "model.skops")
    manifest = {
        **{"task": host.task.name, "version": "1", "sha256": version.sha256, "metric": "mape"},
        **{"error": 0.1, "window_start": None, "window_end": None},
    }
    (home / "manifest.json").write_text(json.dumps(manifest))
    host.placement.point(host.task.name, Current("1"))
    host.champions.refresh()
    assert host.champions.missing() == [host.task.name]
    return host


def test_a_version_from_before_bundles_is_compiled_here(
    upgraded: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = upgraded
    assert host.sync.once() == []
    assert host.files("1") == {"bundle", "manifest.json"}
    host.champions.refresh()
    assert host.ask() == expected(host.task)
    monkeypatch.setattr(host.registry, "fetch", lambda *_: pytest.fail("compiled again"))
    assert host.sync.once() == []


def test_it_is_compiled_also_while_the_registry_is_gone(
    upgraded: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = upgraded

    def gone(*_: object) -> None:
        raise RegistryUnavailable("the MLflow server does not answer")

    with monkeypatch.context() as outage:
        outage.setattr(host.registry, "resolve", gone)
        for _ in range(2):
            (problem,) = host.sync.once()
            assert isinstance(problem, RegistryUnavailable)
    host.champions.refresh()
    loaded = host.champions.get(host.task.name)
    assert host.ask() == expected(host.task)
    # The registry is back, and nothing is done twice.
    assert host.sync.once() == []
    host.champions.refresh()
    assert host.champions.get(host.task.name) is loaded


def test_a_poisoned_bundle_leaves_the_last_good_version(
    host: Host, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from mlflow import MlflowClient

    host.promote()
    host.sync.once()
    version = register(host.registry, host.task, 2.0)
    forged = tmp_path / "trees_value.npy"
    np.save(forged, np.full_like(np.load(host.bundle("1") / forged.name), np.nan))
    client = MlflowClient(host.settings.mlflow_uri)
    client.log_artifact(version.run_id, str(forged), "model/bundle")
    host.registry.promote(host.task.name, version.version)
    caplog.clear()
    for _ in range(2):
        (problem,) = host.sync.once()
        assert isinstance(problem, ArtefactRejected)
        assert "version 2 is refused" in str(problem)
    assert len(caplog.records) == 1
    assert host.placement.current(host.task.name) == Current("1")


def test_what_is_damaged_on_this_host_is_not_loaded_and_comes_again(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    host.promote()
    host.sync.once()
    host.champions.refresh()
    path = host.bundle("1") / "trees_value.npy"
    path.write_bytes(path.read_bytes()[:-8])
    late = LoadedModels(host.catalogue, host.placement.models_dir)
    with caplog.at_level(logging.ERROR):
        late.refresh()
    assert late.missing() == [host.task.name]
    assert "nothing is served: trees_value.npy" in caplog.text
    host.champions.refresh()
    assert host.ask() == expected(host.task)
    assert host.sync.once() == []
    late.refresh()
    assert late.missing() == []
    (host.bundle("1") / "more.json").write_text("{}")
    assert host.sync.once() == []
    assert not (host.bundle("1") / "more.json").exists()


def test_a_good_bundle_of_an_older_version_is_refused(host: Host) -> None:
    host.promote()
    host.sync.once()
    newer = host.promote(scale=2.0)
    host.sync.once()
    shutil.rmtree(host.bundle("2"))
    shutil.copytree(host.bundle("1"), host.bundle("2"))
    host.champions.refresh()
    assert host.champions.missing() == [host.task.name]
    older = host.placement.manifest(host.task.name, "1").bundle
    with pytest.raises(ArtefactRejected, match="created_from"):
        open_bundle(host.task, host.bundle("2"), digest=older, created_from=newer.sha256)
    assert host.sync.once() == []
    host.champions.refresh()
    assert host.ask() == expected(host.task, 2.0)

"""The registry goes away: an error within seconds, and whoever serves goes on serving."""

from __future__ import annotations

import logging
import socket
import time
from pathlib import Path

import pytest

from iargus.errors import RegistryUnavailable
from iargus.registry import Registry
from iargus.serving.loaded_models import LoadedModels
from iargus.serving.placement import Current, Placement
from iargus.serving.predictor import load_uncompiled
from iargus.serving.sync.sync import Sync, sync_once
from iargus.tasks.catalogue import Catalogue
from iargus.training.fit import train
from tests.services.fixtures_mlflow import SettingsOf
from tests.services.mlflow_server import MlflowServer
from tests.toy_tasks import rent_rows, rent_task


def test_a_server_that_stops_is_an_error_in_seconds_and_champions_keep_serving(
    mlflow_server: MlflowServer,
    toy_settings: SettingsOf,
    unique: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    task = rent_task(f"rent_{unique}")
    settings = toy_settings(mlflow_uri=mlflow_server.url, rent=task.name)
    registry = Registry.connect(settings)
    train(task, rent_rows(60), registry=registry, source="test")
    catalogue = Catalogue.read(settings.policy)
    sync = Sync(catalogue, registry, Placement(settings.models_dir))
    sync.once()
    champions = LoadedModels(catalogue, settings.models_dir, load_uncompiled=load_uncompiled)
    champions.refresh()
    mlflow_server.stop()
    try:
        began = time.monotonic()
        with pytest.raises(RegistryUnavailable, match="MLFLOW_HOST"):
            registry.check()
        with pytest.raises(RegistryUnavailable):
            train(task, rent_rows(60), registry=registry, source="test")
        caplog.clear()
        for _ in range(2):
            sync.once()
        assert time.monotonic() - began < 10
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        with pytest.raises(RegistryUnavailable):
            sync_once(settings)
        champions.refresh()
        assert champions.get(task.name).version == "1"
        # A worker that starts now has the last good model too.
        late = LoadedModels(catalogue, settings.models_dir, load_uncompiled=load_uncompiled)
        late.refresh()
        assert late.get(task.name).version == "1"
    finally:
        mlflow_server.start()
    with caplog.at_level(logging.INFO):
        sync.once()
    assert "the registry: in order again" in caplog.text
    assert Placement(settings.models_dir).current(task.name) == Current("1")


def test_a_server_that_never_answers_is_an_error_after_the_timeout(
    toy_settings: SettingsOf,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"http://user:hunter2@127.0.0.1:{deaf.getsockname()[1]}"
        registry = Registry.connect(toy_settings(mlflow_uri=address, timeout_s=1))
        began = time.monotonic()
        with pytest.raises(RegistryUnavailable) as caught:
            registry.resolve("rent", "champion")
        assert time.monotonic() - began < 8
    assert "hunter2" not in str(caught.value)


def test_an_embedded_store_that_is_no_database_is_an_error(
    toy_settings: SettingsOf, tmp_path: Path
) -> None:
    settings = toy_settings()
    settings.var_dir.mkdir()
    (settings.var_dir / "mlflow.db").write_bytes(b"no database" * 1000)
    began = time.monotonic()
    with pytest.raises(RegistryUnavailable, match="embedded MLflow store"):
        Registry.connect(settings).check()
    assert time.monotonic() - began < 10

"""A version is registered with its bundle, and becomes champion only when that says the same."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from iargus.errors import ArtefactRejected, PromotionRefused
from iargus.registry import Registry, artefact
from iargus.registry.connection import Connection
from iargus.serving.compilation.compiling import export_bundle
from iargus.serving.compilation.opening import open_bundle
from iargus.serving.predictor import CompiledPredictor, EstimatorPredictor
from iargus.settings import Settings
from iargus.tasks.car_price.compiled.bundle import CarBundle
from iargus.tasks.car_price.compiled.form import CarForm
from iargus.training.evaluate import evaluate
from iargus.training.fit import fit_candidate, register_candidate
from tests.serving.cars import TODAY, car_catalogue, fitted, register
from tests.toy_tasks import RENT_POLICY, ToyRent, rent_rows


def test_a_version_has_its_bundle_in_the_registry(
    any_registry: Registry, unique: str, tmp_path: Path
) -> None:
    task = car_catalogue(f"car_{unique}").get(f"car_{unique}")
    version = register(any_registry, task)
    assert version.tags["bundle.parity_rows"] == "500"
    assert any_registry.promote(task.name, version.version).aliases == ("champion",)
    folder = any_registry.fetch_bundle(version, tmp_path)
    bundle = open_bundle(task, folder, digest=version.bundle_sha256, created_from=version.sha256)
    assert isinstance(bundle, CarBundle)
    path = any_registry.fetch(version, tmp_path / "skops")
    estimator = artefact.load(path, sha256=version.sha256, trusted_types=task.trusted_types)
    inputs = [task.parse_input(task.example(), today=TODAY)]
    compiled = CompiledPredictor(task, bundle).predict(inputs)
    assert compiled == EstimatorPredictor(task, estimator).predict(inputs)


def test_a_bundle_that_was_altered_in_the_registry_is_refused(
    any_registry: Registry, any_settings: Settings, unique: str, tmp_path: Path
) -> None:
    from mlflow import MlflowClient

    task = car_catalogue(f"car_{unique}").get(f"car_{unique}")
    version = register(any_registry, task)
    client = MlflowClient(tracking_uri=any_settings.mlflow_uri)
    good = any_registry.fetch_bundle(version, tmp_path / "good")
    forged = tmp_path / "trees_value.npy"
    np.save(forged, np.load(good / forged.name) * 2)
    client.log_artifact(version.run_id, str(forged), "model/bundle")
    folder = any_registry.fetch_bundle(version, tmp_path / "array")
    with pytest.raises(ArtefactRejected, match=r"trees_value\.npy was altered"):
        open_bundle(task, folder, digest=version.bundle_sha256, created_from=version.sha256)
    document = json.loads((good / "manifest.json").read_text())
    document["files"]["../../../escaped.json"] = document["files"].pop("car.json")
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(document))
    client.log_artifact(version.run_id, str(manifest), "model/bundle")
    with pytest.raises(ArtefactRejected, match="altered"):
        any_registry.fetch_bundle(version, tmp_path / "manifest")


def test_a_bundle_that_answers_otherwise_keeps_its_version_from_the_alias(
    any_registry: Registry, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bundle of another estimator is whole and answers its own canaries; parity finds it."""

    def of_another(form: CarForm, _: Pipeline, *arguments: object, **options: object) -> object:
        return export_bundle(form, fitted(1.001), *arguments, **options)  # type: ignore[arg-type]

    task = car_catalogue(f"car_{unique}").get(f"car_{unique}")
    monkeypatch.setattr("iargus.serving.compilation.compiling.export_bundle", of_another)
    version = register(any_registry, task)
    assert version.bundle_sha256 == ""
    with pytest.raises(PromotionRefused, match=r"differ in \d+ of 500 rows, first in {") as caught:
        any_registry.promote(task.name, version.version)
    assert "version 1 cannot become champion" in str(caught.value)
    assert any_registry.resolve(task.name, "champion") is None


def test_what_cannot_be_compiled_becomes_champion_only_where_that_is_allowed(
    any_settings: Settings, unique: str
) -> None:
    name = f"strict_{unique}"
    task = ToyRent(name, RENT_POLICY.model_copy(update={"serve_uncompiled": False}))
    rows = rent_rows(60)
    estimator = fit_candidate(task, rows)
    registry = Registry(Connection(any_settings))
    version = register_candidate(
        task,
        estimator,
        rows,
        evaluation=evaluate(task, estimator, rows),
        registry=registry,
        run_name="test",
    )
    reason = rf"ToyRent has no form as a bundle; tasks\.{name}\.serve_uncompiled: true"
    with pytest.raises(PromotionRefused, match=reason):
        registry.promote(name, version.version)
    allowed = Registry(Connection(any_settings), [name])
    assert allowed.promote(name, version.version).aliases == ("champion",)

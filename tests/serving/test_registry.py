"""Both kinds of registry, the embedded one and a real server, keep the same promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from iargus.errors import ArtefactRejected, VersionUnknown
from iargus.registry import ModelVersion, Registry, artefact
from iargus.registry.runs import DECISION, PERIOD
from iargus.settings import Settings
from iargus.tasks.base import Task
from iargus.training.evaluate import evaluate
from iargus.training.fit import fit_candidate, register_candidate
from tests.toy_tasks import mood_rows, mood_task, rent_rows, rent_task


def _register(registry: Registry, task: Task, scale: float = 1.0) -> ModelVersion:
    rows = rent_rows(60, scale=scale)
    estimator = fit_candidate(task, rows)
    evaluation = evaluate(task, estimator, rows)
    return register_candidate(
        task, estimator, rows, evaluation=evaluation, registry=registry, run_name="test"
    )


def test_nothing_is_known_of_a_task_without_a_model(any_registry: Registry, unique: str) -> None:
    name = f"rent_{unique}"
    any_registry.check()
    assert any_registry.resolve(name, "champion") is None
    assert any_registry.versions(name) == []
    with pytest.raises(VersionUnknown, match=f"iargus train {name}"):
        any_registry.version(name, "1")
    with pytest.raises(VersionUnknown, match="no champion to go back from"):
        any_registry.rollback(name)


def test_a_registered_version_tells_what_it_learned_from(
    any_registry: Registry, unique: str
) -> None:
    version = _register(any_registry, rent_task(f"rent_{unique}"))
    found = any_registry.version(version.task, version.version)
    assert found == version
    assert found.version == "1"
    assert found.aliases == ()
    assert found.rows == 60
    assert found.metric == "mape"
    assert found.error is not None
    assert 0 < found.error < 0.2
    rows = rent_rows(60)
    assert found.window_start == rows["observed_at"].iloc[0]
    # The first second after the newest row, so that no row is judged by who has learned it.
    assert found.window_end is not None
    assert (found.window_end - rows["observed_at"].iloc[-1]).total_seconds() == 1
    assert found.created_at.tzinfo is None


def test_versions_come_by_number_even_when_an_old_one_was_touched_last(
    any_registry: Registry, any_settings: Settings, unique: str
) -> None:
    from mlflow import MlflowClient

    task = rent_task(f"rent_{unique}")
    for _ in range(11):
        last = _register(any_registry, task)
    client = MlflowClient(any_settings.mlflow_uri, any_settings.mlflow_uri)
    client.update_model_version(task.name, "2", description="touched last")
    numbers = [version.version for version in any_registry.versions(task.name)]
    assert numbers == [str(number) for number in range(11, 0, -1)]
    assert last.version == "11"


def test_promotion_moves_the_alias_and_rollback_moves_it_back(
    any_registry: Registry, unique: str
) -> None:
    task = rent_task(f"rent_{unique}")
    for _ in range(3):
        _register(any_registry, task)
    any_registry.promote(task.name, "1")
    any_registry.challenge(task.name, "2")
    assert any_registry.promote(task.name, "2").aliases == ("champion",)
    any_registry.promote(task.name, "2")  # again: changes nothing, forgets nothing
    any_registry.promote(task.name, "3")
    assert any_registry.resolve(task.name, "challenger") is None
    assert any_registry.rollback(task.name).version == "2"
    assert any_registry.rollback(task.name).version == "1"
    with pytest.raises(VersionUnknown, match="no champion from before version 1"):
        any_registry.rollback(task.name)
    champion = any_registry.resolve(task.name, "champion")
    assert champion is not None
    assert champion.version == "1"


@pytest.mark.parametrize("version", ["9", "", "x", "-1", "1.0", "٣"])
def test_promoting_what_does_not_exist_lists_what_does(
    any_registry: Registry, unique: str, version: str
) -> None:
    task = rent_task(f"rent_{unique}")
    _register(any_registry, task)
    with pytest.raises(VersionUnknown, match="there are 1"):
        any_registry.promote(task.name, version)


def test_the_fetched_file_is_the_model(any_registry: Registry, unique: str, tmp_path: Path) -> None:
    task = rent_task(f"rent_{unique}")
    version = _register(any_registry, task)
    path = any_registry.fetch(version, tmp_path / "new" / "folder")
    estimator = artefact.load(path, sha256=version.sha256, trusted_types=task.trusted_types)
    features = rent_rows(20, seed=1)[list(task.features)]
    expected = fit_candidate(task, rent_rows(60)).predict(features)
    np.testing.assert_array_equal(estimator.predict(features), expected)


def test_a_file_that_was_altered_in_the_registry_is_refused(
    any_registry: Registry, any_settings: Settings, unique: str, tmp_path: Path
) -> None:
    from mlflow import MlflowClient

    version = _register(any_registry, rent_task(f"rent_{unique}"))
    forged = tmp_path / "model.skops"
    forged.write_bytes(b"PK\x03\x04 something else")
    client = MlflowClient(tracking_uri=any_settings.mlflow_uri)
    client.log_artifact(version.run_id, str(forged), "model")
    with pytest.raises(ArtefactRejected, match="altered"):
        any_registry.fetch(version, tmp_path / "fetched")


def test_a_version_of_somebody_else_is_refused(
    any_registry: Registry, any_settings: Settings, unique: str, tmp_path: Path
) -> None:
    from mlflow import MlflowClient

    version = _register(any_registry, rent_task(f"rent_{unique}"))
    client = MlflowClient(any_settings.mlflow_uri, any_settings.mlflow_uri)
    client.create_model_version(version.task, f"runs:/{version.run_id}/model", version.run_id)
    foreign = any_registry.version(version.task, "2")
    assert foreign.error is None
    assert foreign.rows is None
    assert foreign.window_end is None
    with pytest.raises(ArtefactRejected, match="not registered by IArgus"):
        any_registry.fetch(foreign, tmp_path)


def test_first_registrations_at_once_all_succeed(any_settings: Settings, unique: str) -> None:
    task = rent_task(f"rent_{unique}")
    registries = [Registry.connect(any_settings) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        versions = list(pool.map(lambda registry: _register(registry, task), registries))
    assert sorted(version.version for version in versions) == ["1", "2", "3", "4"]


def test_mlflow_itself_loads_the_champion(
    any_registry: Registry, any_settings: Settings, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`mlflow models serve` and other tools need no IArgus API, only its package."""
    import mlflow

    task = rent_task(f"rent_{unique}")
    any_registry.promote(task.name, _register(any_registry, task).version)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", any_settings.mlflow_uri)
    model = mlflow.pyfunc.load_model(f"models:/{task.name}@champion")
    rows = rent_rows(30, seed=2)
    features = rows[list(task.features)]
    assert features.isna().any().all()
    expected = fit_candidate(task, rent_rows(60)).predict(features)
    np.testing.assert_allclose(model.predict(features), expected)
    assert [(c.name, str(c.type)) for c in model.metadata.signature.inputs] == [
        ("city", "DataType.string"),
        ("area", "DataType.double"),
    ]


def test_the_run_of_a_training_holds_its_metrics_and_its_end(
    any_registry: Registry, any_settings: Settings, unique: str
) -> None:
    from mlflow import MlflowClient

    task, rows = mood_task(f"mood_{unique}"), mood_rows(80)
    estimator = fit_candidate(task, rows)
    version = register_candidate(
        task,
        estimator,
        rows,
        evaluation=evaluate(task, estimator, rows),
        registry=any_registry,
        run_name="run of a test",
        pictures={"confusion_matrix": b"\x89PNG"},
    )
    run = MlflowClient(any_settings.mlflow_uri).get_run(version.run_id)
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "run of a test"
    assert {"error_rate", "macro_f1", "log_loss", "ece"} <= set(run.data.metrics)
    assert run.data.params["rows"] == "80"
    listed = MlflowClient(any_settings.mlflow_uri).list_artifacts(version.run_id, "pictures")
    assert [file.path for file in listed] == ["pictures/confusion_matrix.png"]


def test_a_judgement_is_logged_whole_even_with_a_metric_that_is_no_number(
    any_registry: Registry, any_settings: Settings, unique: str
) -> None:
    from mlflow import MlflowClient

    run_id = any_registry.log_monitoring(
        f"rent_{unique}",
        run_name="2026-11",
        params={"period": "2026-11"},
        metrics={"mape": 0.25, "lower": float("nan")},
        tags={"verdict": "breach", PERIOD: "2026-11", DECISION: "one"},
        texts={"report.txt": "dropped"},
        pictures={"errors": b"\x89PNG"},
    )
    client = MlflowClient(any_settings.mlflow_uri)
    run = client.get_run(run_id)
    assert run.data.metrics == {"mape": 0.25}
    assert run.data.tags["verdict"] == "breach"
    assert {file.path for file in client.list_artifacts(run_id)} == {"report.txt", "pictures"}

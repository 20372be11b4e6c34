"""A training ends in the registry, with the error of rows that the measured model had not seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_info, threadpool_limits

from iargus.errors import DataError
from iargus.registry import Registry, artefact
from iargus.settings import Settings
from iargus.tasks.base import Task
from iargus.training.evaluate import evaluate
from iargus.training.fit import fit_candidate, train
from iargus.training.split import split
from tests.services.fixtures_mlflow import SettingsOf
from tests.toy_tasks import RENT_POLICY, ToyRent, mood_rows, mood_task, rent_rows, rent_task


@pytest.fixture
def settings(toy_settings: SettingsOf, embedded_store: Path, unique: str) -> Settings:
    return toy_settings(var_dir=embedded_store, rent=f"rent_{unique}", mood=f"mood_{unique}")


@pytest.fixture
def registry(settings: Settings) -> Registry:
    return Registry.connect(settings)


@pytest.mark.parametrize("kind", ["rent", "mood"])
def test_the_first_training_makes_a_champion_and_the_next_a_challenger(
    registry: Registry, settings: Settings, unique: str, kind: str
) -> None:
    from mlflow import MlflowClient

    task: Task = rent_task(f"rent_{unique}") if kind == "rent" else mood_task(f"mood_{unique}")
    rows = rent_rows() if kind == "rent" else mood_rows()
    steps: list[str] = []
    measured: dict[str, float] = {}
    first = train(
        task,
        rows,
        registry=registry,
        source="test",
        progress=steps.append,
        measured=measured.update,
    )
    second = train(task, rows, registry=registry, source="test")
    assert (first.aliases, second.aliases) == (("champion",), ("challenger",))
    assert first.sha256 == second.sha256
    assert first.error == second.error == measured[task.metric]
    assert len(steps) == 7
    run = MlflowClient(settings.mlflow_uri).get_run(first.run_id)
    assert run.data.metrics == pytest.approx(measured)
    assert run.data.params["source"] == "test"
    pictures = MlflowClient(settings.mlflow_uri).list_artifacts(first.run_id, "pictures")
    assert len(pictures) >= 2


@pytest.mark.parametrize("alias", ["champion", "challenger", "none"])
def test_the_alias_can_be_chosen(registry: Registry, unique: str, alias: str) -> None:
    task = rent_task(f"rent_{unique}")
    train(task, rent_rows(60), registry=registry, source="test")
    second = train(task, rent_rows(60), registry=registry, source="test", alias=alias)  # type: ignore[arg-type]
    assert second.aliases == (() if alias == "none" else (alias,))
    champion = registry.resolve(task.name, "champion")
    assert champion is not None
    assert champion.version == ("2" if alias == "champion" else "1")


def test_the_error_is_of_unseen_rows_and_the_model_has_learned_from_all(
    registry: Registry, unique: str, tmp_path: Path
) -> None:
    task, rows = rent_task(f"rent_{unique}"), rent_rows()
    # Something happens in the newest rows that those before know nothing of.
    rows.loc[160:, "label"] *= 3
    version = train(task, rows, registry=registry, source="test")
    assert version.error is not None
    assert version.error > 0.5
    parts = split(task, rows)
    assert version.error == evaluate(task, fit_candidate(task, parts.train), parts.test).error
    path = registry.fetch(version, tmp_path)
    model = artefact.load(path, sha256=version.sha256, trusted_types=task.trusted_types)
    features = rows[list(task.features)]
    np.testing.assert_array_equal(
        model.predict(features), fit_candidate(task, rows).predict(features)
    )
    assert version.rows == 200


def test_too_few_rows_reach_no_registry(registry: Registry, unique: str) -> None:
    task = rent_task(f"rent_{unique}")
    with pytest.raises(DataError, match="at least"):
        train(task, rent_rows(10), registry=registry, source="test")
    assert registry.versions(task.name) == []


class _Fussy(ToyRent):
    def build_estimator(self) -> Pipeline:
        return Pipeline([("ridge", super().build_estimator()[-1])])


def test_what_the_estimator_cannot_learn_from_is_a_fault_of_the_data() -> None:
    with pytest.raises(DataError, match="cannot learn from 50 rows"):
        fit_candidate(_Fussy("rent", RENT_POLICY), rent_rows(50))
    with pytest.raises(DataError, match="no rows to learn from"):
        fit_candidate(rent_task(), rent_rows(0))


class _Counting(ToyRent):
    seen: list[int]

    def build_estimator(self) -> Pipeline:
        self.seen = [pool["num_threads"] for pool in threadpool_info()]
        return super().build_estimator()


def test_a_fit_uses_one_thread_so_that_every_machine_gets_the_same_model() -> None:
    task = _Counting("rent", RENT_POLICY)
    with threadpool_limits(2):
        fit_candidate(task, rent_rows(50))
    assert set(task.seen) == {1}


def test_rows_keep_their_place_while_a_model_is_measured() -> None:
    task, rows = rent_task(), rent_rows(100)
    before = rows.copy()
    fit_candidate(task, rows)
    split(task, rows)
    pd.testing.assert_frame_equal(rows, before)

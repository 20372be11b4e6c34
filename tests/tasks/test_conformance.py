"""What every task must be able to do: those that come with IArgus, and those of the tests.

A new kind passes these before it is served; add it to `KINDS` with some labelled rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from sklearn.pipeline import Pipeline

from iargus.errors import LabelInvalid
from iargus.registry import artefact
from iargus.serving.compilation.compiling import export_bundle
from iargus.settings import Policy
from iargus.tasks.base import Problem, Task
from iargus.tasks.catalogue import Catalogue
from iargus.training.seed import load_sentences
from iargus.training.simulator import SimulationPlan, simulate
from tests.toy_tasks import mood_rows, mood_task, rent_rows, rent_task

TODAY = date(2026, 11, 1)
OUTPUT_ONLY = {"model_version": "1", "prediction_id": "p"}


def sales() -> pd.DataFrame:
    months = simulate(SimulationPlan(rows=400, months=4, end=TODAY, seed=0))
    return pd.concat(months, ignore_index=True).rename(
        columns={"price": "label", "date_added": "observed_at"}
    )


def sentences() -> pd.DataFrame:
    return load_sentences().assign(observed_at=pd.Timestamp("2026-10-01"))


def shipped(name: str) -> Callable[[], Task]:
    return lambda: Catalogue.read(Policy()).get(name)


KINDS: dict[str, tuple[Callable[[], Task], Callable[[], pd.DataFrame]]] = {
    "car_price": (shipped("car_price"), sales),
    "intent": (shipped("intent"), sentences),
    "toy_rent": (rent_task, rent_rows),
    "toy_mood": (mood_task, mood_rows),
}


class Kind:
    """A task, labelled rows of it, and an estimator fitted on them."""

    def __init__(self, name: str) -> None:
        make, rows = KINDS[name]
        self.task = make()
        self.rows = rows()
        self.estimator = self.fit()

    def table(self) -> pd.DataFrame:
        """The rows as requests would bring them."""
        rows = self.rows.to_dict("records")
        return self.task.frame([{str(key): value for key, value in row.items()} for row in rows])

    def fit(self) -> Pipeline:
        table = self.task.training_frame(self.rows)
        return self.task.build_estimator().fit(table, self.rows["label"].to_numpy())


@pytest.fixture(scope="module", params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    return Kind(request.param)


def test_every_shipped_task_is_here() -> None:
    assert set(Catalogue.read(Policy()).names()) <= set(KINDS)


def test_its_example_is_an_input_and_gets_an_answer(kind: Kind) -> None:
    task = kind.task
    value = task.parse_input(task.example(), today=TODAY)
    (answer,) = task.predict(kind.estimator, [value])
    document = task.output_model.model_validate({**answer, **OUTPUT_ONLY})
    assert json.loads(document.model_dump_json()) == {**answer, **OUTPUT_ONLY}


def test_the_payload_is_its_features_and_survives_json(kind: Kind) -> None:
    task = kind.task
    payload = task.payload(task.parse_input(task.example(), today=TODAY))
    assert tuple(payload) == task.features
    assert json.loads(json.dumps(payload)) == payload
    assert list(task.frame([payload]).columns) == list(task.features)


def test_many_are_answered_like_each_alone_and_in_order(kind: Kind) -> None:
    task = kind.task
    chosen = kind.rows[list(task.features)].dropna().head(5).to_dict("records")
    inputs = [
        task.parse_input({str(key): value for key, value in row.items()}, today=TODAY)
        for row in chosen
    ]
    together = task.predict(kind.estimator, inputs)
    assert together == [task.predict(kind.estimator, [value])[0] for value in inputs]


def test_its_bundle_answers_like_its_estimator(kind: Kind, tmp_path: Path) -> None:
    task = kind.task
    form = task.compiled_form
    if form is None:
        pytest.skip(f"{task.name} has no bundles")
    export_bundle(form, kind.estimator, tmp_path / "bundle", task=task.name)
    bundle = form.load(tmp_path / "bundle", task=task.name)
    rows = kind.rows[list(task.features)].dropna().head(50).to_dict("records")
    bodies = [{str(key): value for key, value in row.items()} for row in rows]
    inputs = [task.parse_input(body, today=TODAY) for body in [task.example(), *bodies]]
    expected = json.dumps(task.predict(kind.estimator, inputs))
    assert json.dumps(task.predict_compiled(bundle, inputs)) == expected
    assert json.dumps([task.predict_compiled(bundle, [value])[0] for value in inputs]) == expected
    for route in task.read_routes:
        for value in inputs[:10]:
            found = task.predict_read_compiled(route, bundle, value)
            assert json.dumps(found) == json.dumps(task.predict_read(route, kind.estimator, value))


def test_nothing_is_no_input(kind: Kind) -> None:
    if not any(field.is_required() for field in kind.task.input_model.model_fields.values()):
        pytest.skip(f"{kind.task.name} can be asked with nothing at all")
    with pytest.raises(ValidationError):
        kind.task.parse_input({}, today=TODAY)


def test_its_own_labels_are_labels_and_nonsense_is_not(kind: Kind) -> None:
    for label in kind.rows["label"].head(20):
        checked = kind.task.check_label(label)
        assert kind.task.check_label(checked) == checked
    if kind.task.problem is Problem.REGRESSION:
        for nonsense in (0, -1, "x", None, float("nan")):
            with pytest.raises(LabelInvalid):
                kind.task.check_label(nonsense)


def test_the_error_of_a_row_is_what_the_problem_says(kind: Kind) -> None:
    truth = kind.rows["label"].to_numpy()
    assert (kind.task.row_errors(truth, truth) == 0).all()
    predicted = kind.estimator.predict(kind.table())
    errors = kind.task.row_errors(truth, np.asarray(predicted))
    assert errors.shape == truth.shape
    assert errors.dtype == np.float64
    assert 0 <= errors.mean() < 0.5


def test_the_same_rows_and_seed_give_the_same_model(kind: Kind) -> None:
    table = kind.table()
    assert (kind.fit().predict(table) == kind.estimator.predict(table)).all()


def test_it_is_stored_without_pickle_and_loaded_as_it_was(kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    digest = artefact.save(kind.estimator, path)
    loaded = artefact.load(path, sha256=digest, trusted_types=kind.task.trusted_types)
    table = kind.table()
    assert (loaded.predict(table) == kind.estimator.predict(table)).all()


def test_an_answer_does_not_depend_on_when_it_is_asked_for(kind: Kind) -> None:
    body = kind.task.example()
    answers = [
        kind.task.predict(kind.estimator, [kind.task.parse_input(body, today=day)])
        for day in (TODAY, datetime(2031, 5, 5, tzinfo=UTC).date())
    ]
    assert answers[0] == answers[1]

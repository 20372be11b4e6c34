"""A registry with champions whose answers are known, with poison among them, and what serves."""

from __future__ import annotations

import json
import os
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from mlflow import MlflowClient
from sklearn.pipeline import Pipeline

from iargus.registry import Registry
from iargus.serving.sync.sync import sync_once
from iargus.settings import Settings
from iargus.storage.database import API, LABELLED, Database
from iargus.storage.migrate import upgrade
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue
from iargus.training.evaluate import evaluate
from iargus.training.fit import register_candidate
from iargus.training.seed import load_sentences
from tests.services.gunicorn import Gunicorn
from tests.serving.cars import TODAY, cars, fitted
from tests.serving.poison import BAD_FILES, BAD_SIGNATURES, Attacker
from tests.swapping.client import Question

CONFIG = """
limits: {enabled: false}
tasks:
  car_price: {kind: car_price, path: /predict, threshold: 0.2, parity_rows: 200}
  intent: {kind: text_intent, path: /intent, threshold: 0.2, parity_rows: 200}
"""
HOLDER = {"first_name": "Ada", "surname": "King", "email": "ada@example.org"}
_TEXTS = ("how much is my car worth", "book a flight to Boston", "what is the weather like", "hi")


@cache
def sentences() -> pd.DataFrame:
    return load_sentences().assign(observed_at=pd.Timestamp("2026-10-01"))


@dataclass(frozen=True)
class World:
    """`good` are the numbers of the good versions by task, the first of which was promoted;
    `poisoned` those of bad versions of car_price, by what is bad about them."""

    environ: Mapping[str, str]
    registry: Registry
    client: MlflowClient
    questions: list[Question]
    good: Mapping[str, list[str]]
    poisoned: Mapping[str, str]

    def token(self, url: str) -> str:
        request = urllib.request.Request(f"{url}/get_token", json.dumps(HOLDER).encode())
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(json.load(answer)["token"])

    def poison(self, number: str) -> None:
        """Name a bad version champion, as who can write to the registry can."""
        self.client.set_registered_model_alias("car_price", "champion", number)


def make_world(mlflow_url: str, folder: Path, *, versions: int, kinds: int) -> World:
    """Register `versions` good versions of each task and `kinds` bad ones."""
    (folder / "config.yml").write_text(CONFIG)
    environ = {
        "IARGUS_VAR": str(folder / "var"),
        "IARGUS_CONFIG": str(folder / "config.yml"),
        "IARGUS_BUNDLE_KEYS": f"first:{'abcdefgh' * 6}",
        "MLFLOW_HOST": mlflow_url,
    }
    settings = Settings.read({**os.environ, **environ})
    for name in (API, LABELLED):
        database = Database.connect(name, settings)
        upgrade(database)
        database.dispose()
    registry = Registry.connect(settings)
    car, intent = Catalogue.read(settings.policy)
    made = {
        "car_price": {register(registry, car, fit, rows): fit for fit, rows in _cars(versions)},
        "intent": {register(registry, intent, fit, rows): fit for fit, rows in _intents(versions)},
    }
    for task, fits in made.items():
        registry.promote(task, next(iter(fits)))
    # So that each worker has them from its first request.
    sync_once(settings)
    client = MlflowClient(mlflow_url, mlflow_url)
    older = registry.version("car_price", next(iter(made["car_price"])))
    client.download_artifacts(older.run_id, "model", str(folder))
    attacker = Attacker(client, "car_price", folder / "model", older.tags)
    bad = [*BAD_SIGNATURES.items(), *BAD_FILES.items()][:kinds]
    return World(
        environ=environ,
        registry=registry,
        client=client,
        questions=[*_questions(car, made["car_price"]), *_questions(intent, made["intent"])],
        good={task: list(fits) for task, fits in made.items()},
        poisoned={
            kind: attacker.register(change, folder / f"attack-{number}")
            for number, (kind, change) in enumerate(bad)
        },
    )


def register(registry: Registry, task: Task, estimator: Pipeline, rows: pd.DataFrame) -> str:
    evaluation = evaluate(task, estimator, rows)
    version = register_candidate(
        task, estimator, rows, evaluation=evaluation, registry=registry, run_name="test"
    )
    return version.version


def _cars(versions: int) -> Iterator[tuple[Pipeline, pd.DataFrame]]:
    for number in range(versions):
        yield fitted(1.0 + number), cars()


def _intents(versions: int) -> Iterator[tuple[Pipeline, pd.DataFrame]]:
    """Each learns on fewer sentences, so that its probabilities are others."""
    task = Catalogue.read(Settings.read({}).policy).get("intent")
    for number in range(versions):
        rows = sentences().iloc[number * 20 :]
        labels = rows["label"].astype(str).to_numpy(dtype=object)
        yield task.build_estimator().fit(task.training_frame(rows), labels), rows


def _questions(task: Task, fits: Mapping[str, Pipeline]) -> Iterator[Question]:
    for body in _bodies(task):
        value = task.parse_input(body, today=TODAY)
        expected = {number: task.predict(fit, [value])[0] for number, fit in fits.items()}
        assert len({json.dumps(answer) for answer in expected.values()}) == len(expected)
        yield Question(task.name, task.policy.path, body, expected)


def _bodies(task: Task) -> list[dict[str, Any]]:
    if task.name == "intent":
        return [{"text": text} for text in _TEXTS]
    return [{**task.example(), "year": 2008 + number} for number in range(len(_TEXTS))]


@contextmanager
def serving(world: World, folder: Path, *, workers: int) -> Iterator[Gunicorn]:
    """gunicorn with its workers and its sync process."""
    with Gunicorn(world.environ, folder / "gunicorn.log", workers=workers) as server:
        yield server


def wait_for(condition: Callable[[], object], what: str, *, within_s: float = 90) -> None:
    deadline_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline_s, f"{what}: not within {within_s} s"
        time.sleep(0.01)

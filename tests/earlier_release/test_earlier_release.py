"""A `var/` of release 0.1.0 works on: its databases, its registry, its models, its tokens.

The archive holds what `iargus setup` of that release left (240 sales, its sentences, a champion of
each task) and one issued token. Its secrets are those below and good for nothing else.
"""

from __future__ import annotations

import sqlite3
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from iargus.api.app import create_app
from iargus.api.container import Services
from iargus.monitoring.month.scoring import find_champion, load_champion
from iargus.operations.stack import Stack
from iargus.settings import Settings
from iargus.storage.labelled.store import LabelledStore
from iargus.storage.migrate import upgrade

ARCHIVE = Path(__file__).with_name("var-0.1.0.tar.xz")
NOW = datetime(2026, 12, 1, tzinfo=UTC)
KEYS = {
    "IARGUS_JWT_KEYS": "earlier:of-the-release-before-0123456789abcdefXYZ",
    "IARGUS_BUNDLE_KEYS": "earlier:bundles-of-the-release-before-0123456789XYZ",
}
CAMRY = {"make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42_000}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the earlier release left, unpacked here, with today's tables."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    # The embedded store knows its files by their absolute names.
    with sqlite3.connect(tmp_path / "var" / "mlflow.db") as store:
        for table, column in (
            ("experiments", "artifact_location"),
            ("runs", "artifact_uri"),
            ("model_versions", "storage_location"),
        ):
            store.execute(
                f"UPDATE {table} SET {column} = replace({column}, '/srv/iargus', ?)",
                (str(tmp_path),),
            )
    store.close()
    for name, value in {**KEYS, "IARGUS_VAR": str(tmp_path / "var")}.items():
        monkeypatch.setenv(name, value)
    stack = Stack()
    upgrade(stack.labelled)
    upgrade(stack.api)
    return tmp_path


def test_its_tokens_and_placed_models_answer(folder: Path) -> None:
    environ = {**KEYS, "IARGUS_VAR": str(folder / "var")}
    services = Services(Settings.read(environ), clock=lambda: NOW, follow_registry=False)
    token = (folder / "token").read_text(encoding="ascii").strip()
    headers = {"Authorization": f"Bearer {token}"}
    with TestClient(create_app(services)) as client:
        price = client.post("/predict", json=CAMRY, headers=headers)
        intent = client.post("/intent", json={"text": "how much is my car worth"}, headers=headers)
        assert client.post("/revoke_token", headers=headers).status_code == 200
        assert client.post("/predict", json=CAMRY, headers=headers).status_code == 401
    assert price.status_code == 200
    assert price.json()["model_version"] == "1"
    low, high = (price.json()["interval"][end] for end in ("low", "high"))
    assert low < price.json()["predicted_price"] < high
    assert intent.status_code == 200


@pytest.mark.parametrize("name", ["car_price", "intent"])
def test_its_champions_load_and_its_rows_can_be_scored(folder: Path, name: str) -> None:
    stack = Stack()
    task = stack.catalogue.get(name)
    estimator = load_champion(task, find_champion(task, stack.registry), stack.registry)
    rows = LabelledStore(task, stack.labelled).rows()
    assert len(rows) > 100
    predicted = estimator.predict(task.training_frame(rows.head(20)))
    assert len(predicted) == 20

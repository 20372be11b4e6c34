"""Labels that are numbers, or look like numbers, over every route that tells or takes one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from iargus.serving.compilation.compiling import export_bundle
from iargus.serving.loaded_models import LoadedModel
from iargus.serving.predictor import CompiledPredictor
from iargus.settings import Policy
from iargus.storage.labelled.store import LabelledStore
from iargus.tasks.catalogue import Catalogue
from tests.api.application import Api, FixedChampions

# By sentence: its label, and what answers show for it.
SHOWN: dict[str, str | int] = {
    "flights to boston": 26,
    "weather tomorrow morning": "--5",
    "play some music": "007",
    "call my mother": -3,
    "turn on lights": "greet",
}


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    """A champion whose classes are these labels, as its bundle."""
    task = Catalogue.read(Policy()).get("intent")
    rows = pd.DataFrame(
        [
            {"text": f"{text} {word}", "label": task.check_label(label)}
            for text, label in SHOWN.items()
            for word in ("please", "now", "again", "for me", "and soon", "thank you")
        ]
    ).assign(observed_at=pd.Timestamp("2026-10-01"))
    fitted = task.build_estimator().fit(task.training_frame(rows), rows["label"].to_numpy())
    folder: Path = tmp_path_factory.mktemp("numbered") / "bundle"
    assert task.compiled_form is not None
    export_bundle(task.compiled_form, fitted, folder, task=task.name)
    bundle = task.compiled_form.load(folder, task=task.name)
    return LoadedModel("1", CompiledPredictor(task, bundle))


@pytest.fixture
def numbering(api: Api, numbered: LoadedModel) -> Api:
    champions = api.services.champions
    assert isinstance(champions, FixedChampions)
    champions.models["intent"] = numbered
    return api


@pytest.mark.parametrize(("text", "shown"), SHOWN.items(), ids=map(str, SHOWN.values()))
def test_every_route_shows_a_label_alike(numbering: Api, text: str, shown: str | int) -> None:
    client, bearer = numbering.client, numbering.bearer()
    one = client.post("/intent", json={"text": text}, headers=bearer).json()
    (row,) = client.post(
        "/intent/batch", json={"sentences": [{"text": text}]}, headers=bearer
    ).json()["predictions"]
    read = client.get("/intent", params={"query": text}, headers=bearer)
    every = client.get("/api/intent", params={"sentence": text}, headers=bearer).json()
    assert read.status_code == 200, read.text
    found = [one["intent"], one["intents"][0]["label"], row["intent"], read.json()["intent"]]
    assert found == [shown] * 4
    assert {type(label) for label in found} == {type(shown)}
    assert max(every, key=every.__getitem__) == str(shown)


@pytest.mark.parametrize(("text", "shown"), SHOWN.items(), ids=map(str, SHOWN.values()))
def test_what_an_answer_shows_is_taken_back_as_its_label(
    numbering: Api, text: str, shown: str | int
) -> None:
    bearer = numbering.bearer()
    answer = numbering.client.post("/intent", json={"text": text}, headers=bearer).json()
    for label in (answer["intent"], str(answer["intent"])):
        body = {"prediction_id": answer["prediction_id"], "label": label}
        assert numbering.client.post("/feedback", json=body, headers=bearer).status_code == 202
    database = next(base for base in numbering.services.databases if base.name == "iargus")
    rows = LabelledStore(numbering.services.catalogue.get("intent"), database).rows()
    assert rows["label"].tolist() == [str(shown)]


@pytest.mark.parametrize("label", [26.5, 1e300, 10**20, "", "x" * 256])
def test_a_label_that_is_none_says_what_one_is(numbering: Api, label: object) -> None:
    bearer = numbering.bearer()
    answer = numbering.client.post("/intent", json={"text": "hello"}, headers=bearer).json()
    body = {"prediction_id": answer["prediction_id"], "label": label}
    refused = numbering.client.post("/feedback", json=body, headers=bearer)
    assert (refused.status_code, refused.json()["label"]) == (422, "LABEL_INVALID")
    assert refused.json()["detail"].startswith("an intent ")

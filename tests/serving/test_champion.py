"""The models in memory: the old one serves until the new one is ready, whatever happens."""

from __future__ import annotations

import logging
import os
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from iargus.errors import ModelNotLoaded
from iargus.serving.loaded_models import LoadedModel, LoadedModels, ModelRefresher
from iargus.serving.placement import Current, Placement
from iargus.serving.predictor import load_uncompiled
from iargus.tasks.catalogue import Catalogue
from tests.serving.shelf import Shelf
from tests.toy_tasks import rent_task

TASK = rent_task()


@pytest.fixture
def champions(catalogue: Catalogue, placement: Placement) -> LoadedModels:
    return LoadedModels(catalogue, placement.models_dir, load_uncompiled=load_uncompiled)


def _rent(champions: LoadedModels, version: str | None = None) -> float:
    return _answer(champions.get("rent", version))


def _answer(model: LoadedModel) -> float:
    value = TASK.parse_input(TASK.example(), today=date(2026, 11, 1))
    return float(model.predictor.predict([value])[0]["rent"])


def test_nothing_placed_means_nothing_loaded(champions: LoadedModels) -> None:
    champions.refresh()
    assert champions.missing() == ["rent", "mood"]
    with pytest.raises(ModelNotLoaded, match="no model is loaded for rent yet"):
        champions.get("rent")


def test_what_is_placed_is_loaded(
    champions: LoadedModels, placement: Placement, shelf: Shelf
) -> None:
    shelf.place(placement, "rent", "1")
    champions.refresh()
    assert champions.get("rent").version == "1"
    assert champions.missing() == ["mood"]
    with pytest.raises(ModelNotLoaded, match="version '7' of rent is not loaded; there is 1"):
        champions.get("rent", "7")


def test_a_new_champion_replaces_the_old(
    champions: LoadedModels, placement: Placement, shelf: Shelf
) -> None:
    shelf.place(placement, "rent", "1")
    champions.refresh()
    first = _rent(champions)
    shelf.place(placement, "rent", "2")
    champions.refresh()
    assert champions.get("rent").version == "2"
    assert _rent(champions) > 5 * first


def test_the_challenger_is_addressed_by_its_version(
    champions: LoadedModels, placement: Placement, shelf: Shelf
) -> None:
    shelf.place(placement, "rent", "2")
    shelf.place(placement, "rent", "1")
    placement.point("rent", Current("1", "2"))
    champions.refresh()
    assert champions.get("rent").version == "1"
    assert _rent(champions, "2") > 5 * _rent(champions, "1")


def test_a_champion_that_cannot_be_loaded_leaves_the_old_one_and_is_logged_once(
    champions: LoadedModels, placement: Placement, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.place(placement, "rent", "1")
    champions.refresh()
    shelf.place(placement, "rent", "2")
    path = placement.model_file("rent", "2")
    good = path.read_bytes()
    path.write_bytes(good[:-10])
    with caplog.at_level(logging.ERROR):
        for timestamp in range(3):
            os.utime(path, (timestamp, timestamp))  # so that it is tried again
            champions.refresh()
    assert champions.get("rent").version == "1"
    assert len(caplog.records) == 1
    assert "version 1 stays" in caplog.text
    assert "altered" in caplog.text
    path.write_bytes(good)
    champions.refresh()
    assert champions.get("rent").version == "2"


def test_a_model_that_cannot_answer_its_example_is_not_served(
    champions: LoadedModels, placement: Placement, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    # A whole and known file, but the model of another task.
    version = shelf.version("mood", "1")
    wrong = shelf.version("rent", "1", sha256=version.sha256)
    with placement.staging("rent") as place:
        path = place / "model.skops"
        path.write_bytes(shelf.file("mood", "1").read_bytes())
        placement.place(wrong, path)
    placement.point("rent", Current("1"))
    champions.refresh()
    assert "rent" in champions.missing()
    assert "does not answer the example of rent" in caplog.text


def test_the_same_number_with_another_digest_is_another_model(
    champions: LoadedModels, placement: Placement, shelf: Shelf
) -> None:
    """A registry that was set up anew counts from 1 again."""
    shelf.place(placement, "rent", "1")
    champions.refresh()
    first = _rent(champions)
    other = shelf.version("rent", "1", sha256=shelf.version("rent", "2").sha256)
    with placement.staging("rent") as place:
        path = place / "model.skops"
        path.write_bytes(shelf.file("rent", "2").read_bytes())
        placement.place(other, path)
    champions.refresh()
    assert _rent(champions) > 5 * first


def test_a_broken_current_file_changes_nothing(
    champions: LoadedModels, placement: Placement, shelf: Shelf
) -> None:
    shelf.place(placement, "rent", "1")
    champions.refresh()
    for text in ("", "{", "[]", '{"challenger": null}'):
        placement.current_file("rent").write_text(text)
        champions.refresh()
        assert champions.get("rent").version == "1"


def test_champions_swap_under_load_without_a_wrong_answer(
    catalogue: Catalogue, placement: Placement, shelf: Shelf
) -> None:
    champions = LoadedModels(catalogue, placement.models_dir, load_uncompiled=load_uncompiled)
    expected: dict[str, float] = {}
    for number in ("1", "2"):
        shelf.place(placement, "rent", number)
        champions.refresh()
        expected[number] = _rent(champions)
    done = threading.Event()
    wrong: list[object] = []
    answers: list[str] = []

    def ask() -> None:
        while not done.is_set():
            try:
                model = champions.get("rent")
                rent = _answer(model)
                if rent != expected[model.version]:
                    wrong.append((model.version, rent))
                answers.append(model.version)
            except Exception as error:
                wrong.append(error)
                return

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    follower = ModelRefresher(champions, interval_s=0.005)
    follower.start()
    try:
        for swap in range(10):
            number = "12"[swap % 2]
            shelf.place(placement, "rent", number)
            deadline = time.monotonic() + 20
            while champions.get("rent").version != number:
                assert time.monotonic() < deadline
                time.sleep(0.005)
    finally:
        follower.stop()
        done.set()
        for asker in askers:
            asker.join()
    assert wrong == []
    assert set(answers) == {"1", "2"}


def test_an_unchanged_folder_costs_no_reading(
    champions: LoadedModels, placement: Placement, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.place(placement, "rent", "1")
    champions.refresh()
    loaded = champions.get("rent")
    monkeypatch.setattr("iargus.registry.artefact.load", lambda *_, **__: pytest.fail("read again"))
    with monkeypatch.context() as patched:
        patched.setattr(Placement, "manifest", lambda *_: pytest.fail("read again"))
        champions.refresh()
    os.utime(placement.current_file("rent"))  # touched, and still the same versions
    champions.refresh()
    assert champions.get("rent") is loaded


def test_serving_code_imports_no_mlflow(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys, iargus.serving.loaded_models; "
        "import iargus.serving.sync.supervisor, iargus.serving.sync.sync; "
        "sys.exit(any(name.partition('.')[0] == 'mlflow' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0

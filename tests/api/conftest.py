"""The whole application, for one test each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from iargus.serving.loaded_models import LoadedModel
from iargus.settings import Policy
from tests.api.application import Api, build, running


@pytest.fixture
def api(tmp_path: Path, empty_var: Path, models: dict[str, LoadedModel]) -> Iterator[Api]:
    shutil.copytree(empty_var, tmp_path / "var")
    services = build(tmp_path / "var", Policy(), models)
    with running(services) as started:
        yield started

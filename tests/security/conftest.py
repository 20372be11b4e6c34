"""A running application whose keys are known here, and the door to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from iargus.serving.loaded_models import LoadedModel
from iargus.settings import Policy
from tests.api.application import Api, build, running
from tests.security.door import Door
from tests.security.forger import ENVIRON

# Limits have attacks of their own; here they would only end the others.
POLICY = {"limits": {"enabled": False}, "recording": {"flush_interval_s": 0.01}}

Start = Callable[..., Door]


@pytest.fixture(scope="module")
def api(
    tmp_path_factory: pytest.TempPathFactory, empty_var: Path, models: dict[str, LoadedModel]
) -> Iterator[Api]:
    var_dir = shutil.copytree(empty_var, tmp_path_factory.mktemp("attacked") / "var")
    with running(build(var_dir, Policy.model_validate(POLICY), models, ENVIRON)) as started:
        yield started


@pytest.fixture(scope="module")
def door(api: Api) -> Door:
    """One application for all attacks of a file: none of them changes it."""
    return Door(api)


@pytest.fixture
def var_dir(tmp_path: Path, empty_var: Path) -> Path:
    """What a host of its own keeps between starts, databases and all."""
    return shutil.copytree(empty_var, tmp_path / "var")


@pytest.fixture
def start(var_dir: Path, models: dict[str, LoadedModel]) -> Iterator[Start]:
    """Starts an application on `var_dir`, as often as is asked for: each is a worker. With `away`
    the database of tokens is gone."""
    with ExitStack() as workers:

        def started(
            environ: Mapping[str, str] = ENVIRON, *, away: bool = False, **policy: Any
        ) -> Door:
            read = Policy.model_validate(POLICY | policy)
            services = build(var_dir, read, models, environ)
            if away:
                for database in services.databases:
                    database.dispose()
                for path in var_dir.glob("iargus_api.db*"):
                    path.unlink()
                (var_dir / "iargus_api.db").mkdir()
            return Door(workers.enter_context(running(services)))

        yield started


@pytest.fixture
def own(start: Start) -> Door:
    """An application for one attack alone, which may change it."""
    return start()

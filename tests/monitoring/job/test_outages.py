"""What the job needs is away, full or broken: a clear line, exit status 1, nothing half-done."""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from iargus.errors import DatabaseUnavailable
from iargus.monitoring.job.execution import JudgementExecutor
from iargus.monitoring.view.month_view import Status
from iargus.registry import Registry
from iargus.settings.environment import Environment
from iargus.storage.database import LABELLED, Database
from iargus.storage.schema import job_lock
from tests.monitoring.conftest import APRIL_1, World
from tests.monitoring.job.test_surviving import assert_whole, steps
from tests.services.mlflow_server import MlflowServer
from tests.toy_tasks import rent_rows


@pytest.fixture
def breached(world: World) -> World:
    world.add(world.rent, rent_rows(600, seed=1, scale=1.6), month="2026-02")
    return world


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """A disk on which files cannot grow beyond so many bytes, as if it were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 10_000, 40_000, 100_000, 300_000])
def test_a_full_disk(breached: World, size: int) -> None:
    with largest_file(size):
        told = _failure(breached)
    print(told)
    assert re.search(r"disk|File too large|temporary directory", told)
    assert "unexpected" not in told
    assert breached.records.newest(breached.rent.name) is None
    _end_of_process(breached)
    assert breached.run().exit_code == 0
    assert_whole(breached)


def _end_of_process(world: World) -> None:
    """A lock that could not even be deleted is taken over when its process has ended; here both
    runs are one process."""
    with world.database.transaction() as connection:
        connection.execute(delete(job_lock))


def _failure(world: World) -> str:
    try:
        result = world.run()
    except DatabaseUnavailable as error:  # the lock itself could not be taken
        return str(error)
    assert (result.exit_code, result.tasks[0].status) == (1, Status.FAILED)
    return result.tasks[0].sentence


def test_the_champion_s_file_is_lost(breached: World) -> None:
    champion = breached.registry.resolve(breached.rent.name, "champion")
    assert champion is not None
    [file] = [
        path
        for path in breached.settings.var_dir.rglob("model.skops")
        if champion.run_id in str(path)
    ]
    content = file.read_bytes()
    file.unlink()
    result = breached.run()
    assert (result.exit_code, result.tasks[0].status) == (1, Status.FAILED)
    assert "has lost model/model.skops" in result.tasks[0].sentence
    assert f"iargus models rollback {breached.rent.name}" in result.tasks[0].sentence
    assert steps(breached) == []
    file.write_bytes(content)
    breached.run()
    assert_whole(breached)


def test_the_database_goes_down_before_the_record(
    breached: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any) -> None:
        raise DatabaseUnavailable("the database iargus: gone away")

    with monkeypatch.context() as patch:
        patch.setattr(JudgementExecutor, "record", down)
        result = breached.run()
    assert (result.exit_code, result.tasks[0].status) == (1, Status.FAILED)
    assert "gone away" in result.tasks[0].sentence
    breached.run()
    assert_whole(breached)


def test_the_database_is_down(breached: World, tmp_path: Path) -> None:
    environ = {"IARGUS_VAR": str(tmp_path), "MYSQL_HOST": "127.0.0.1", "MYSQL_PORT": "9"}
    environment = Environment.read(environ | {"MYSQL_USER": "job", "MYSQL_PWD": "x"})
    settings = replace(breached.settings, environment=environment)
    database = Database.connect(LABELLED, settings)
    with pytest.raises(DatabaseUnavailable, match="the database iargus"):
        replace(breached, settings=settings, database=database).run()


def test_the_registry_goes_down_after_the_decision(
    breached: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = MlflowServer(tmp_path / "mlflow")
    server.start()
    try:
        environment = Environment(var_dir=tmp_path, mlflow_uri=server.url)
        quick = breached.settings.policy.registry.model_copy(update={"timeout_s": 3})
        policy = breached.settings.policy.model_copy(update={"registry": quick})
        settings = replace(breached.settings, environment=environment, policy=policy)
        world = replace(breached, settings=settings, registry=Registry.connect(settings))
        world.train(world.rent)  # on February too, so March is the month to judge
        original = JudgementExecutor.log

        def log(self: JudgementExecutor, challenger: str | None) -> Any:
            server.stop()
            return original(self, challenger)

        world.add(world.rent, rent_rows(600, seed=2, scale=2.5), month="2026-03")
        with monkeypatch.context() as patch:
            patch.setattr(JudgementExecutor, "log", log)
            result = world.run(as_of=APRIL_1)
        assert (result.exit_code, result.tasks[0].status) == (1, Status.FAILED)
        assert "MLFLOW_HOST" in result.tasks[0].sentence
        assert steps(world) == ["decided", "registered"]
        server.start()
        world.run(as_of=APRIL_1)
        assert_whole(world)
    finally:
        server.stop()

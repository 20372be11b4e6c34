"""The embedded MLflow store is there whole or not at all, and what was half-made is mended."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from iargus.errors import RegistryUnavailable
from iargus.registry import Registry, embedded, lookup
from iargus.registry.connection import Connection
from iargus.settings import Environment, Policy, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(Environment(var_dir=tmp_path / "var"), Policy())


@pytest.fixture
def path(settings: Settings) -> Path:
    settings.var_dir.mkdir()
    return settings.var_dir / "mlflow.db"


def killed(function: Callable[[], Any], *, at_statement: int) -> None:
    """Run it in a process that is killed when SQLAlchemy has run so many statements."""
    child = os.fork()
    if child == 0:
        count = 0

        @event.listens_for(Engine, "after_cursor_execute")
        def _kill(*_: Any) -> None:
            nonlocal count
            count += 1
            if count == at_statement:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            function()
        finally:
            os._exit(3)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == -signal.SIGKILL, "it was done before"


# After the last of these MLflow goes on with what it finds.
@pytest.mark.parametrize(("statement", "is_set_aside"), [(2, 1), (30, 1), (90, 1), (200, 0)])
def test_a_store_that_an_earlier_release_left_half_made_is_made_anew_and_kept(
    settings: Settings, path: Path, statement: int, is_set_aside: int
) -> None:
    # As releases before this one made it: under its own name.
    killed(lambda: embedded.fill(path), at_statement=statement)
    left = path.stat().st_size

    registry = Registry.connect(settings)
    registry.check()
    assert registry.versions("intent") == []

    kept = list(path.parent.glob("mlflow.db.unfinished-*[0-9]"))
    assert [file.stat().st_size for file in kept] == [left] * is_set_aside


@pytest.mark.parametrize("statement", [1, 60, 250])
def test_a_store_that_is_cut_off_while_it_is_made_has_no_name_yet(
    settings: Settings, path: Path, statement: int
) -> None:
    killed(lambda: Connection(settings).client(), at_statement=statement)
    assert not path.exists()

    Registry.connect(settings).check()

    assert sorted(file.name for file in path.parent.iterdir()) == ["mlflow.db", "mlflow.lock"]


def test_a_stop_by_hand_leaves_nothing_of_the_making(path: Path) -> None:
    def stopped(_: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embedded.make(path, stopped)
    assert list(path.parent.iterdir()) == []


def test_a_journal_of_a_store_that_is_gone_is_not_played_back_into_the_next(
    settings: Settings, path: Path
) -> None:
    journal = path.with_name("mlflow.db-journal")
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"x" * 5000)
    Registry.connect(settings).check()
    assert not journal.exists()


def test_a_store_in_which_something_is_recorded_is_never_set_aside(
    settings: Settings, path: Path
) -> None:
    embedded.fill(path)
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("INSERT INTO registered_models (name, workspace) VALUES ('rent', 'default')")
        store.execute("UPDATE alembic_version SET version_num = '0584bdc529eb'")
    before = path.read_bytes()

    with pytest.raises(RegistryUnavailable, match=rf"mlflow db upgrade sqlite:///{path}`"):
        Registry.connect(settings).check()

    assert path.read_bytes() == before
    assert not list(path.parent.glob("*unfinished*"))


def test_a_file_that_is_no_store_stays_and_the_error_names_the_command(
    settings: Settings, path: Path
) -> None:
    path.write_bytes(b"not a database at all, but somebody's" * 100)
    with pytest.raises(RegistryUnavailable, match=rf"mv {path} {path}\.broken"):
        Registry.connect(settings).check()
    assert path.read_bytes().startswith(b"not a database")


def test_a_store_that_vanishes_is_missed_and_none_is_made_in_its_place(
    settings: Settings, path: Path
) -> None:
    registry = Registry.connect(settings)
    registry.check()
    away = path.parent.rename(path.parent.with_name("away"))
    path.parent.mkdir()

    with pytest.raises(RegistryUnavailable, match=r"mlflow\.db is gone"):
        registry.versions("intent")
    assert list(path.parent.iterdir()) == []

    shutil.move(away / "mlflow.db", path)
    assert registry.versions("intent") == []


def test_processes_that_start_at_the_same_time_find_one_whole_store(
    settings: Settings, path: Path
) -> None:
    begin = path.parent / "begin"
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            while not begin.exists():
                time.sleep(0.001)
            try:
                Registry.connect(settings).check()
                os._exit(0)
            finally:
                os._exit(3)
        children.append(child)
    begin.touch()
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    assert sqlite3.connect(path).execute("SELECT count(*) FROM registered_models").fetchone()


def test_the_file_lists_the_versions_that_mlflow_lists(settings: Settings, path: Path) -> None:
    client = Connection(settings).client()
    client.create_registered_model("rent")
    for _ in range(3):
        client.create_model_version("rent", source="runs:/x/model", run_id="a" * 32)
    client.set_model_version_tag("rent", "2", "error", "0.25")
    client.set_registered_model_alias("rent", "champion", "2")
    client.set_registered_model_alias("rent", "challenger", "3")
    client.delete_model_version("rent", "1")
    asked = Registry.connect(settings)
    asked.check()  # from now on MLflow is asked

    listed = lookup.versions_in_file(path, "rent")

    assert listed is not None
    assert [version.version for version in listed] == ["3", "2"]
    assert listed == asked.versions("rent")
    assert Registry.connect(settings).versions("rent") == listed


def test_the_file_of_another_release_is_read_by_mlflow(settings: Settings, path: Path) -> None:
    embedded.fill(path)
    assert lookup.versions_in_file(path, "rent") == []
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("UPDATE alembic_version SET version_num = '0584bdc529eb'")
    assert lookup.versions_in_file(path, "rent") is None

"""A database that was removed is missed, and nobody writes to a file that has no name."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from iargus.errors import SchemaMissing
from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import API, Database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database.connect(API, Settings(Environment(var_dir=tmp_path / "var"), Policy()))
    database.make_file()
    with database.transaction() as connection:
        connection.execute(text("CREATE TABLE kept (number INTEGER)"))
    return database


def write(database: Database, number: int) -> None:
    with database.transaction() as connection:
        connection.execute(text("INSERT INTO kept VALUES (:number)"), {"number": number})


def read(database: Database) -> list[int]:
    with database.transaction() as connection:
        return [number for (number,) in connection.execute(text("SELECT number FROM kept"))]


def test_nothing_is_written_to_a_file_that_was_removed(database: Database) -> None:
    write(database, 1)
    assert database.file is not None
    database.file.parent.rename(database.file.parent.with_name("away"))

    assert database.is_gone
    with pytest.raises(SchemaMissing, match="is not there; `iargus setup`"):
        write(database, 2)
    # Nor is an empty one made.
    assert not database.file.exists()

    database.file.parent.with_name("away").rename(database.file.parent)
    write(database, 3)
    assert read(database) == [1, 3]


def test_an_empty_folder_in_its_place_stays_empty(database: Database) -> None:
    assert database.file is not None
    database.file.parent.rename(database.file.parent.with_name("away"))
    database.file.parent.mkdir()
    with pytest.raises(SchemaMissing):
        read(database)
    assert list(database.file.parent.iterdir()) == []


def test_a_file_that_takes_its_place_is_the_one_that_is_used(
    database: Database, tmp_path: Path
) -> None:
    write(database, 1)
    other = Database.connect(API, Settings(Environment(var_dir=tmp_path / "other"), Policy()))
    other.make_file()
    with other.transaction() as connection:
        connection.execute(text("CREATE TABLE kept (number INTEGER)"))
    write(other, 7)
    other.dispose()
    assert database.file is not None
    assert other.file is not None
    for companion in ("-wal", "-shm"):
        Path(f"{database.file}{companion}").unlink(missing_ok=True)
    other.file.replace(database.file)

    write(database, 8)

    assert read(database) == [7, 8]
    database.dispose()
    assert read(database) == [7, 8]


def test_who_only_asks_makes_no_database(tmp_path: Path) -> None:
    database = Database.connect(API, Settings(Environment(var_dir=tmp_path / "var"), Policy()))
    with pytest.raises(SchemaMissing):
        read(database)
    assert not (tmp_path / "var").exists()

"""SQLite: two files under `var/`, which their users open and never make.

SQLite goes on writing to a file that was removed, and says nothing; and it makes an empty one where
it is asked for one that is not there. Here a connection is looked at before each use, and only
`make_file` makes a file.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    Insert,
    String,
    Table,
    and_,
    create_engine,
    event,
    exc,
    insert,
    select,
    type_coerce,
)
from sqlalchemy.dialects import sqlite

from iargus.settings import Settings
from iargus.storage.dialects.base import Dialect, FileMissing, Lockable, Plain, Row, behind

BUSY_TIMEOUT_S = 10.0
_COUNTED = {"preserve_rowcount": True}


class SQLite(Dialect):
    """See `Dialect`."""

    is_embedded = True

    def engine(self, name: str, settings: Settings, read_timeout_s: int | None) -> Engine:  # noqa: ARG002
        path = settings.var_dir / f"{name}.db"

        def connect() -> sqlite3.Connection:
            return _opened(path)

        # One connection is kept: with the last one that closes, SQLite writes all of its log into
        # the file, waits for the disk and removes the log, each time. Nobody waits for a
        # connection.
        engine = create_engine(f"sqlite:///{path}", creator=connect, pool_size=1, max_overflow=-1)

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, record: Any) -> None:
            # Before the file is read: should it be exchanged now, the next use notices.
            record.info["file"] = _identity(path)
            cursor = connection.cursor()
            # WAL lets workers read while another writes; NORMAL is durable against a crash of the
            # process, and in WAL mode consistent after a loss of power.
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()

        @event.listens_for(engine, "checkout")
        def _look(_connection: Any, record: Any, _proxy: Any) -> None:
            if record.info.get("file") != _identity(path):
                # The pool opens another connection in its place, to what has this name now.
                raise exc.DisconnectionError(f"{path} is another file than the one that was opened")

        return engine

    def place(self, settings: Settings) -> str:
        return str(settings.var_dir)

    def file(self, engine: Engine) -> Path | None:
        name = engine.url.database
        return Path(name) if name else None

    def make_file(self, engine: Engine) -> None:
        path = self.file(engine)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    def lacks_tables(self, error: BaseException | None) -> bool:
        return "no such table" in str(error) or "no such column" in str(error)

    def outage_advice(self, engine: Engine) -> str:
        return (
            f"look at {self.file(engine)}: whether its disk is full, this user may write to it, "
            "and it is an SQLite file"
        )

    def insert_ignoring(self, table: Table) -> Insert:
        # Without the option the number of rows is gone with the driver's cursor.
        return insert(table).prefix_with("OR IGNORE").execution_options(**_COUNTED)

    def upsert(
        self, table: Table, values: Mapping[str, Any], *, key: Sequence[str], changes: Any
    ) -> Insert:
        adding = sqlite.insert(table).values(values)
        return adding.on_conflict_do_update(index_elements=list(key), set_=changes)

    def insert_text(self, table: str, columns: Sequence[str], rows: int) -> str:
        one = f"({', '.join(['?'] * len(columns))})"
        return (
            f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) "  # noqa: S608
            f"VALUES {', '.join([one] * rows)}"
        )

    def insert_rows(
        self, connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Plain]
    ) -> int:
        statement = self.insert_text(table.name, names, 1)
        done = connection.exec_driver_sql(statement, list(rows), execution_options=_COUNTED)
        return done.rowcount

    def read_page(
        self,
        connection: Connection,
        columns: Sequence[Column[Any]],
        condition: ColumnElement[bool],
        *,
        after: Row | None,
        task: tuple[Column[str], str] | None,
        size: int,
    ) -> list[Row]:
        condition = and_(condition, behind(columns, after))
        if task is not None:
            condition = and_(task[0] == task[1], condition)
        plain = [
            type_coerce(each, String()) if isinstance(each.type, DateTime | JSON) else each
            for each in columns
        ]
        query = select(*plain).where(condition).order_by(*columns[:2]).limit(size)
        return list(connection.execute(query).all())

    def begin_upgrade(self, connection: Connection) -> None:
        # DDL alone begins no transaction here.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @contextmanager
    def upgrade_lock(self, database: Lockable, timeout_s: int) -> Iterator[None]:  # noqa: ARG002
        # A lock beside the file, none of SQLite's: even the first connection writes to the file
        # (the journal's mode).
        with Path(f"{database.file}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _opened(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise FileMissing(path)
    # `mode=rw`: between the two lines too, no file is made.
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        check_same_thread=False,
    )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

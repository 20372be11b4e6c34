"""SQLite files: opened, never made, by whoever uses them, and missed when they are gone.

SQLite goes on writing to a file that was removed, and says nothing; and it makes an empty one where
it is asked for one that is not there. Here a connection is looked at before each use, and only
`make_file` makes a file.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, exc

BUSY_TIMEOUT_S = 10.0


class FileMissing(Exception):
    """Raised when there is no file of that name (any more)."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is not there; `iargus setup` or `iargus db upgrade` makes it, and if it was "
            "removed while a service runs, put it back or restart that"
        )


def make_file(path: Path) -> None:
    """Make an empty file, which has no tables yet, where there is none.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def sqlite_engine(path: Path) -> Engine:
    """The pool of one file; opens nothing yet. Using it raises `FileMissing` where there is no such
    file, and an error of SQLAlchemy for anything else."""

    def connect() -> sqlite3.Connection:
        return _opened(path)

    # One connection is kept: with the last one that closes, SQLite writes all of its log into the
    # file, waits for the disk and removes the log, each time. Nobody waits for a connection.
    engine = create_engine(f"sqlite:///{path}", creator=connect, pool_size=1, max_overflow=-1)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        # Before the file is read: should it be exchanged meanwhile, the next use notices.
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

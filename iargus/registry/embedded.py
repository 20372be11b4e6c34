"""The file of the embedded MLflow store: created under another name and moved into place.

MLflow creates its tables in some hundred statements, each a transaction of its own, and cannot open
a store whose creation was interrupted. So the store gets its name when it is complete; an
incomplete one of an earlier release is set aside, never deleted, if nothing is recorded in it.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from iargus.atomic_write import claim_name, sync_to_disk

_MAKING = ".making-"
# Files of SQLite beside a database. A journal that is left behind would be played back into the
# next database of that name.
_COMPANIONS = ("-journal", "-wal", "-shm")
# The rows of these tables that MLflow creates itself; all others were recorded.
_MADE_WITH_IT = {
    "alembic_version": "1",
    "experiments": "name = 'Default'",
    "workspaces": "name = 'default'",
}


def is_made(path: Path) -> bool:
    """Whether there is a store. An empty file is none: SQLite creates one when it opens a
    database that does not exist."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def make(path: Path, fill: Callable[[Path], None]) -> None:
    """Have `fill` create a store under another name, then give it its own. The caller holds the
    lock of the folder, and has found no store there.

    Raises:
        FileExistsError: there is one by now.
        OSError: the disk is full or not writable.
    """
    for left in path.parent.glob(f"{_MAKING}*"):
        shutil.rmtree(left, ignore_errors=True)
    place = Path(tempfile.mkdtemp(prefix=_MAKING, dir=path.parent))
    try:
        draft = place / path.name
        fill(draft)
        sync_to_disk(draft)
        if not is_made(path):
            _set_aside(path)
        claim_name(draft, path)
        sync_to_disk(path.parent)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def set_aside_unfinished(path: Path) -> Path | None:
    """Rename a store in which nothing is recorded; return its new name, or None where something is,
    or it cannot be read."""
    try:
        if _holds_something(path):
            return None
    except sqlite3.Error:
        return None
    return _set_aside(path)


def fill(path: Path) -> None:
    """Make MLflow's tables in a new file, of the release that is installed."""
    from mlflow.store.db import utils

    engine = utils.create_sqlalchemy_engine(f"sqlite:///{path}")  # type: ignore[no-untyped-call]
    try:
        utils._initialize_tables(engine)  # type: ignore[no-untyped-call]
    finally:
        engine.dispose()


def _holds_something(path: Path) -> bool:
    # For writing too: an unfinished transaction is then rolled back first.
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=1)) as store:
        tables = store.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        for (table,) in tables:
            quoted, own = table.replace('"', '""'), _MADE_WITH_IT.get(table, "0")
            query = f'SELECT 1 FROM "{quoted}" WHERE NOT ({own}) LIMIT 1'  # noqa: S608
            if store.execute(query).fetchone() is not None:
                return True
    return False


def _set_aside(path: Path) -> Path:
    """Rename the database and the files of SQLite beside it."""
    aside = path.with_name(f"{path.name}.unfinished-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    for companion in ("", *_COMPANIONS):
        found = path.with_name(path.name + companion)
        if found.exists():
            found.rename(aside.with_name(aside.name + companion))
    return aside

"""What a database must be able to do, and the types of columns that databases name differently."""

# ruff: noqa: ARG002 - what has a body takes arguments that only others need

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Insert,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    and_,
    literal,
    or_,
)
from sqlalchemy.dialects.mysql import LONGTEXT, MEDIUMBLOB

from iargus.settings import Settings

Row = Sequence[Any]
Plain = tuple[Any, ...]

# SQLite counts rows by itself only in a column of exactly the type INTEGER.
ROW_ID = BigInteger().with_variant(Integer, "sqlite")
# Without these MySQL takes 64 KiB.
LONG_TEXT = Text().with_variant(LONGTEXT(), "mysql", "mariadb")
PICTURE = LargeBinary().with_variant(MEDIUMBLOB(), "mysql", "mariadb")


class FileMissing(Exception):
    """Raised when the file of an embedded database is not there (any more)."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is not there; `iargus setup` or `iargus db upgrade` makes it, and if it was "
            "removed while a service runs, put it back or restart that"
        )


class Lockable(Protocol):
    """What a schema lock needs of a `Database`."""

    name: str

    @property
    def file(self) -> Path | None: ...

    def transaction(self) -> AbstractContextManager[Connection]: ...


class Dialect(Protocol):
    """One kind of database. Without state: one instance serves all databases of its kind.

    What has a body here is right for a database that does not need it.
    """

    is_embedded: bool
    """A file of this host: no network that may go silent, no accounts, no clock of its own."""

    # Connections

    def engine(self, name: str, settings: Settings, read_timeout_s: int | None) -> Engine:
        """A pool of connections to the database `name`; opens nothing yet."""

    def place(self, settings: Settings) -> str:
        """Where the databases of an installation are, which tells two installations apart."""

    def file(self, engine: Engine) -> Path | None:
        """The file of an embedded database; None where it is a server's."""
        return None

    def make_file(self, engine: Engine) -> None:
        """Make the file of an embedded database, empty, where there is none; nothing on a server.

        Raises:
            OSError: it cannot be made there.
        """
        return

    def lacks_tables(self, error: BaseException | None) -> bool:
        """Whether the driver's error says that a table or a column is not there."""

    def lacks_database(self, error: BaseException | None) -> bool:
        """Whether the driver's error says that the server has no such database."""
        return False

    def outage_advice(self, engine: Engine) -> str:
        """What to look at when the database does not answer."""

    # Writing

    def insert_ignoring(self, table: Table) -> Insert:
        """An INSERT that passes over rows whose unique key is there already, and does not count
        them."""

    def upsert(
        self, table: Table, values: Mapping[str, Any], *, key: Sequence[str], changes: Any
    ) -> Insert:
        """An INSERT of one row that applies `changes` to the row with the same `key` instead."""

    def insert_text(self, table: str, columns: Sequence[str], rows: int) -> str:
        """The driver's own text of an INSERT of so many rows, with its placeholders, that passes
        over rows whose unique key is there already."""

    def insert_rows(
        self, connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Plain]
    ) -> int:
        """Insert many rows in the driver's values (times and JSON as text) but those whose unique
        key is there already; say how many were inserted. Needs the INSERT privilege alone."""

    # Reading

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
        """At most `size` rows in order of the first two `columns`, those behind the row `after` as
        this method gave it; see `paging.pages`."""

    def server_time(self) -> ColumnElement[datetime] | None:
        """The server's time in UTC; None where its clock is this machine's."""
        return None

    # Schema

    def begin_upgrade(self, connection: Connection) -> None:
        """Make changes of the schema all or nothing, where the database can."""
        return

    def upgrade_lock(self, database: Lockable, timeout_s: int) -> AbstractContextManager[None]:
        """One upgrade of a database at a time, over all processes and machines.

        Raises:
            DatabaseUnavailable: another upgrade has held it for `timeout_s`.
        """

    def prepare_older(self, connection: Connection, table: Table) -> None:
        """Make the text of an older service's table hold every character."""
        return

    def wider_type(self, connection: Connection, wanted: Column[Any], there: Any) -> Any:
        """The type that an older column becomes, or None where the type `there` holds all that is
        `wanted`."""
        return None

    def lacks_counter(self, wanted: Column[Any], there: Mapping[str, Any]) -> bool:
        """Whether an older column does not number its rows, as is wanted."""
        return False


def behind(columns: Sequence[Column[Any]], after: Row | None) -> ColumnElement[bool]:
    """The rows that come after a row in the order of the first two columns: a time, which the
    database gave as text and takes as text, and a number."""
    timestamp, number = columns[:2]
    if after is None:
        return timestamp.is_not(None)
    # A time that was read and written again might be another text, and SQLite compares texts.
    at = literal(after[0], String())
    # `(timestamp, number) > (…)` would say it, but MySQL and MariaDB find no index for that.
    return and_(timestamp >= at, or_(timestamp > at, number > after[1]))

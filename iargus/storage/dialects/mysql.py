"""MySQL 8 and MariaDB from 10.6, by mysql-connector."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    ExceptionContext,
    Insert,
    Table,
    and_,
    create_engine,
    event,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import mysql

from iargus.errors import DatabaseUnavailable
from iargus.settings import Settings
from iargus.storage.dialects import mysql_bulk, mysql_columns
from iargus.storage.dialects.base import Dialect, Lockable, Row, behind

# No such table, no such column.
_NO_TABLE_OR_COLUMN = {1146, 1054}
_NO_DATABASE = 1049
# The server shuts down, has ended the connection, or was asked to (MariaDB and MySQL).
_ENDED = {1053, 1077, 1079, 1317, 1927, 3169, 4031}


class MySQL(Dialect):
    """See `Dialect`."""

    is_embedded = False

    def engine(self, name: str, settings: Settings, read_timeout_s: int | None) -> Engine:
        # Imported here: a service on another database does without.
        from mysql.connector.errors import ReadTimeoutError, WriteTimeoutError

        # The driver reports every connection at INFO.
        logging.getLogger("mysql.connector").setLevel(logging.WARNING)
        server = settings.environment.mysql
        assert server is not None
        policy = settings.policy.database
        arguments: dict[str, Any] = {
            "connection_timeout": policy.connect_timeout_s,
            "time_zone": "+00:00",
            "charset": "utf8mb4",
            "use_pure": True,
            "read_timeout": read_timeout_s,
            "write_timeout": read_timeout_s,
        }
        if server.ssl_ca is not None:
            arguments |= {"ssl_ca": str(server.ssl_ca), "ssl_verify_cert": True}
            arguments["ssl_verify_identity"] = True
        engine = create_engine(
            URL.create(
                "mysql+mysqlconnector",
                username=server.user,
                password=server.password.get_secret_value(),
                host=server.host,
                port=server.port,
                database=name,
            ),
            connect_args=arguments,
            pool_size=policy.pool_size,
            max_overflow=policy.pool_size,
            pool_timeout=policy.pool_timeout_s,
            # Azure closes idle connections after minutes, MySQL after wait_timeout (8 hours).
            pool_recycle=240,
            pool_pre_ping=True,
            # `Database.transaction` has ended every transaction by then; one more ROLLBACK for each
            # would only cost time, and a traceback in the log where the server has just gone.
            pool_reset_on_return=None,
        )

        @event.listens_for(engine, "handle_error")
        def _ended_connections(context: ExceptionContext) -> None:
            # After these the connection is closed, and SQLAlchemy does not know of it.
            error = context.original_exception
            if (
                isinstance(error, ReadTimeoutError | WriteTimeoutError)
                or getattr(error, "errno", None) in _ENDED
            ):
                context.is_disconnect = True

        return engine

    def place(self, settings: Settings) -> str:
        server = settings.environment.mysql
        assert server is not None
        return f"{server.host}:{server.port}"

    def lacks_tables(self, error: BaseException | None) -> bool:
        return getattr(error, "errno", None) in _NO_TABLE_OR_COLUMN

    def lacks_database(self, error: BaseException | None) -> bool:
        return getattr(error, "errno", None) == _NO_DATABASE

    def outage_advice(self, engine: Engine) -> str:  # noqa: ARG002
        return (
            "check MYSQL_HOST, MYSQL_PORT, MYSQL_USER and MYSQL_PWD, the server, its firewall, "
            "and the account's grants (see db_creation.sql)"
        )

    def insert_ignoring(self, table: Table) -> Insert:
        # Without the option the number of rows is gone with the driver's cursor.
        return insert(table).prefix_with("IGNORE").execution_options(preserve_rowcount=True)

    def upsert(
        self,
        table: Table,
        values: Mapping[str, Any],
        *,
        key: Sequence[str],  # noqa: ARG002 - any unique key counts
        changes: Any,
    ) -> Insert:
        return mysql.insert(table).values(values).on_duplicate_key_update(changes)

    def insert_text(self, table: str, columns: Sequence[str], rows: int) -> str:
        one = f"({', '.join(['%s'] * len(columns))})"
        return (
            f"INSERT IGNORE INTO {table} ({', '.join(columns)}) "  # noqa: S608
            f"VALUES {', '.join([one] * rows)}"
        )

    insert_rows = staticmethod(mysql_bulk.insert_rows)

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
        order = list(columns[:2])
        if task is not None:
            column, value = task
            # Of `column = value` MariaDB would make a walk through all index entries of the task
            # (access `ref`) up to the time that is wanted; a range begins there.
            condition = and_(column >= value, column <= value, condition)
            order.insert(0, column)
        # mysql-connector takes each value of each row apart in Python; one JSON text a row is
        # twice as fast, and as exact: the server writes the shortest text that gives the same
        # number again.
        packed = select(func.json_array(*columns)).where(condition).order_by(*order).limit(size)
        texts = connection.execute(packed).scalars().all()
        rows: list[Row] = json.loads(f"[{','.join(texts)}]")
        return rows

    def server_time(self) -> ColumnElement[datetime] | None:
        return func.utc_timestamp(type_=DateTime)

    @contextmanager
    def upgrade_lock(self, database: Lockable, timeout_s: int) -> Iterator[None]:
        # On a connection of its own: the lock must outlast the transaction of the upgrade.
        name = {"name": f"iargus.upgrade.{database.name}"}
        wait = {**name, "seconds": timeout_s}
        with database.transaction() as connection:
            if connection.execute(text("SELECT GET_LOCK(:name, :seconds)"), wait).scalar() != 1:
                raise DatabaseUnavailable(
                    f"the database {database.name}: another upgrade has held its lock for "
                    f"{timeout_s} s"
                )
            try:
                yield
            finally:
                connection.execute(text("SELECT RELEASE_LOCK(:name)"), name)

    prepare_older = staticmethod(mysql_columns.use_utf8mb4)
    wider_type = staticmethod(mysql_columns.wider_type)

    def lacks_counter(self, wanted: Column[Any], there: Mapping[str, Any]) -> bool:
        return wanted.autoincrement is True and not there.get("autoincrement")

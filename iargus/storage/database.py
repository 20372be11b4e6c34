"""Connections to the two databases: `iargus` (labelled data) and `iargus_api` (tokens, records).

MySQL or MariaDB where the environment names a server, SQLite files under `var/` otherwise.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    Insert,
    Table,
    create_engine,
    event,
    exc,
    insert,
)

from iargus.errors import DatabaseUnavailable, SchemaMissing
from iargus.settings import Settings
from iargus.storage.sqlite_files import FileMissing, make_file, sqlite_engine

logger = logging.getLogger(__name__)

LABELLED = "iargus"
API = "iargus_api"

# MySQL: no such table, no such column.
_MYSQL_MISSING = {1146, 1054}
_MYSQL_NO_DATABASE = 1049
# The server shuts down, has ended the connection, or was told to (MariaDB and MySQL).
_MYSQL_ENDED = {1053, 1077, 1079, 1317, 1927, 3169, 4031}


class Database:
    """One database and its pool of connections. Opens nothing before the first transaction."""

    def __init__(self, name: str, engine: Engine) -> None:
        self.name = name
        self.engine = engine

    @classmethod
    def connect(
        cls, name: str, settings: Settings, *, read_timeout_s: int | None = None
    ) -> Database:
        """Make the pool for the database `name`, `"iargus"` or `"iargus_api"`.

        `read_timeout_s` is how long a server may be silent after a statement; without it, as long
        as it likes, which changes of large tables need.
        """
        if settings.environment.mysql is None:
            return cls(name, sqlite_engine(settings.var_dir / f"{name}.db"))
        return cls(name, _mysql_engine(name, settings, read_timeout_s))

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection; commit at the end of the block, roll back when it raises.

        Raises:
            DatabaseUnavailable: the database cannot be reached, or refuses.
            SchemaMissing: the tables are not there, or the file that holds them.
        """
        try:
            with self.engine.begin() as connection:
                yield connection
        except (exc.OperationalError, exc.ProgrammingError) as error:
            raise self._translated(error) from error
        except FileMissing as error:
            raise SchemaMissing(f"the database {self.name}: {error}") from error
        except (exc.InterfaceError, exc.TimeoutError, exc.InternalError) as error:
            raise DatabaseUnavailable(f"the database {self.name}: {_reason(error)}") from error
        except exc.DBAPIError as error:
            # mysql-connector raises a plain DatabaseError for some refusals (too many
            # connections, a host that is not allowed), and a plain Error when time runs out; a
            # broken rule of the data is no outage.
            if isinstance(error, (exc.IntegrityError, exc.DataError, exc.NotSupportedError)):
                raise
            raise DatabaseUnavailable(f"the database {self.name}: {_reason(error)}") from error

    def _translated(self, error: exc.DBAPIError) -> DatabaseUnavailable | SchemaMissing:
        missing = (
            getattr(error.orig, "errno", None) in _MYSQL_MISSING
            or "no such table" in str(error.orig)
            or "no such column" in str(error.orig)
        )
        if getattr(error.orig, "errno", None) == _MYSQL_NO_DATABASE:
            return SchemaMissing(
                f"the server has no database {self.name}; run db_creation.sql there as an "
                "administrator"
            )
        if missing:
            return SchemaMissing(
                f"the database {self.name} lacks tables of this version ({_reason(error)}); "
                "run `iargus db upgrade` with an account that may create tables"
            )
        return DatabaseUnavailable(f"the database {self.name}: {_reason(error)}")

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database; None where it is a server's."""
        name = self.engine.url.database
        return Path(name) if self.engine.dialect.name == "sqlite" and name else None

    def make_file(self) -> None:
        """Make the file of an SQLite database, empty, where there is none; nothing on a server.

        Raises:
            OSError: it cannot be made there.
        """
        if self.file is not None:
            make_file(self.file)

    @property
    def is_gone(self) -> bool:
        """Whether its file is not there. Costs one look at the disk, and opens nothing."""
        return self.file is not None and not self.file.exists()

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def insert_ignoring(table: Table) -> Insert:
    """An INSERT that passes over rows whose unique key is there already; `rowcount` tells."""
    return (
        insert(table)
        .prefix_with("OR IGNORE", dialect="sqlite")
        .prefix_with("IGNORE", dialect="mysql")
        .prefix_with("IGNORE", dialect="mariadb")
        # Otherwise the number of rows is gone with the driver's cursor.
        .execution_options(preserve_rowcount=True)
    )


def _reason(error: exc.SQLAlchemyError) -> str:
    # Only the driver's own words: SQLAlchemy's text would add the statement and its parameters.
    original = getattr(error, "orig", None)
    return " ".join(str(original if original is not None else error).split())[:300]


def _mysql_engine(name: str, settings: Settings, read_timeout_s: int | None) -> Engine:
    # Imported here: a service on SQLite does without.
    from mysql.connector.errors import ReadTimeoutError, WriteTimeoutError

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
        # `transaction` has ended every transaction by then; one more ROLLBACK for each would
        # only cost time, and a traceback in the log where the server has just gone.
        pool_reset_on_return=None,
    )

    @event.listens_for(engine, "handle_error")
    def _ended_connections(context: ExceptionContext) -> None:
        # After these the connection is closed, and SQLAlchemy does not know of it.
        error = context.original_exception
        if (
            isinstance(error, ReadTimeoutError | WriteTimeoutError)
            or getattr(error, "errno", None) in _MYSQL_ENDED
        ):
            context.is_disconnect = True

    return engine

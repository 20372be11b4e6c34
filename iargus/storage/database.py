"""Connections to the two databases: `iargus` (labelled data) and `iargus_api` (tokens, records)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, exc

from iargus.errors import DatabaseUnavailable, SchemaMissing
from iargus.settings import Settings
from iargus.storage.dialects import FileMissing, configured, dialect_of

LABELLED = "iargus"
API = "iargus_api"


class Database:
    """One database and its pool of connections. Opens nothing before the first transaction."""

    def __init__(self, name: str, engine: Engine) -> None:
        self.name = name
        self.engine = engine
        self.dialect = dialect_of(engine)

    @classmethod
    def connect(
        cls, name: str, settings: Settings, *, read_timeout_s: int | None = None
    ) -> Database:
        """Make the pool for the database `name`, `"iargus"` or `"iargus_api"`.

        `read_timeout_s` is how long a server may be silent after a statement; without it, as long
        as it likes, which changes of large tables need.
        """
        return cls(name, configured(settings).engine(name, settings, read_timeout_s))

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
        except (exc.IntegrityError, exc.DataError, exc.NotSupportedError):
            raise  # a broken rule of the data is no outage
        except (exc.DBAPIError, exc.TimeoutError) as error:
            # mysql-connector raises a plain DatabaseError for some refusals (too many
            # connections, a host that is not allowed), and a plain Error when time runs out.
            raise DatabaseUnavailable(f"the database {self.name}: {_reason(error)}") from error

    def _translated(self, error: exc.DBAPIError) -> DatabaseUnavailable | SchemaMissing:
        if self.dialect.lacks_database(error.orig):
            return SchemaMissing(
                f"the server has no database {self.name}; run db_creation.sql there as an "
                "administrator"
            )
        if self.dialect.lacks_tables(error.orig):
            return SchemaMissing(
                f"the database {self.name} lacks tables of this version ({_reason(error)}); "
                "run `iargus db upgrade` with an account that may create tables"
            )
        return DatabaseUnavailable(f"the database {self.name}: {_reason(error)}")

    @property
    def file(self) -> Path | None:
        """The file of an embedded database; None where it is a server's."""
        return self.dialect.file(self.engine)

    def make_file(self) -> None:
        """Make the file of an embedded database, empty, where there is none; nothing on a server.

        Raises:
            OSError: it cannot be made there.
        """
        self.dialect.make_file(self.engine)

    @property
    def is_gone(self) -> bool:
        """Whether its file is not there. Costs one look at the disk, and opens nothing."""
        return self.file is not None and not self.file.exists()

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def _reason(error: exc.SQLAlchemyError) -> str:
    # Only the driver's own words: SQLAlchemy's text would add the statement and its parameters.
    original = getattr(error, "orig", None)
    return " ".join(str(original if original is not None else error).split())[:300]

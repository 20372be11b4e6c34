"""The databases that IArgus runs on. Only this package asks which one it is.

Everything else has a `Dialect` and calls its methods. One more database is one more class here, a
line in `_BY_NAME`, a line in `configured`, and its grants.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from iargus.errors import ConfigurationError
from iargus.settings import Settings
from iargus.storage.dialects.base import Dialect, FileMissing
from iargus.storage.dialects.mysql import MySQL
from iargus.storage.dialects.sqlite import SQLite

__all__ = ["Dialect", "FileMissing", "configured", "dialect_of"]

_SQLITE, _MYSQL = SQLite(), MySQL()
_BY_NAME: dict[str, Dialect] = {"sqlite": _SQLITE, "mysql": _MYSQL, "mariadb": _MYSQL}


def configured(settings: Settings) -> Dialect:
    """The database of an installation: MySQL or MariaDB where the environment names a server,
    SQLite files under `var/` otherwise."""
    return _SQLITE if settings.environment.mysql is None else _MYSQL


def dialect_of(bind: Engine | Connection) -> Dialect:
    """The database behind an engine or a connection.

    Raises:
        ConfigurationError: it is none that IArgus runs on.
    """
    try:
        return _BY_NAME[bind.dialect.name]
    except KeyError:
        raise ConfigurationError(f"{bind.dialect.name} is no database of IArgus") from None

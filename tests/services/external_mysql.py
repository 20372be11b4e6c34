"""A MySQL 8 or MariaDB server that is there already, instead of one that the tests start.

Everything in its databases `iargus` and `iargus_api` is dropped: never name one that is in use.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mysql.connector
import pytest

from tests.services.mariadb import MariaDB

PREFIX = "IARGUS_TEST_MYSQL_"


class ExternalMySQL(MariaDB):
    """The server that IARGUS_TEST_MYSQL_HOST, _PORT, _USER and _PWD name, with root's rights."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(Path(), install=Path(), server=Path())
        self._host = environ[f"{PREFIX}HOST"]
        self.port = int(environ.get(f"{PREFIX}PORT", "3306"))
        self._user = environ.get(f"{PREFIX}USER", "root")
        self._password = environ.get(f"{PREFIX}PWD", "")

    def start(self) -> None:
        """It runs already."""

    def stop(self) -> None:
        """A test that wants an outage needs a server of its own."""
        pytest.skip("the server that IARGUS_TEST_MYSQL_HOST names is not ours to stop")

    def environ(self) -> dict[str, str]:
        return {
            "MYSQL_HOST": self._host,
            "MYSQL_PORT": str(self.port),
            "MYSQL_USER": self._user,
            "MYSQL_PWD": self._password,
        }

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        connection = mysql.connector.connect(
            host=self._host,
            port=self.port,
            user=self._user,
            password=self._password,
            use_pure=True,
            autocommit=True,
            charset="utf8mb4",
        )
        try:
            rows: list[Any] = []
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
                rows = list(cursor.fetchall()) if cursor.description else []
            return rows
        finally:
            connection.close()

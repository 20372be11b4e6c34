"""A real MariaDB server of its own, in a temporary folder, for tests and benchmarks."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mysql.connector
from mysql.connector import errorcode

START_TIMEOUT_S = 60.0
PASSWORD = "only-for-tests"
DATABASES = ("iargus", "iargus_api")

# Nothing of this outlives the tests, so nothing needs to survive a loss of power.
OPTIONS: tuple[str, ...] = (
    "--skip-networking=0",
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=128M",
    "--innodb-log-file-size=64M",
    "--skip-log-bin",
    "--performance-schema=0",
    "--default-time-zone=+05:30",  # whoever forgets that times are UTC notices at once
)


class MariaDB:
    """One server; `start` before anything else, `stop` at the end."""

    def __init__(self, folder: Path, *, install: Path, server: Path) -> None:
        self._folder = folder
        self._install = install
        self._server = server
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self) -> None:
        """Start the server and wait until it answers; the first time, make its tables. Started
        again, it has the port and the data that it had."""
        (self._folder / "tmp").mkdir(parents=True, exist_ok=True)
        # Servers that start side by side would remove each other's temporary tables in /tmp.
        environ = os.environ | {"TMPDIR": str(self._folder / "tmp")}
        if self.port:
            self._launch(environ)
            return
        subprocess.run(
            [
                str(self._install),
                "--no-defaults",
                f"--datadir={self._folder / 'data'}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ],
            check=True,
            capture_output=True,
            env=environ,
        )
        self.port = _free_port()
        self._launch(environ)
        # Over TCP as clients come: the installation knows root at localhost only.
        for host in ("localhost", "127.0.0.1"):
            self._run(
                [
                    f"CREATE USER IF NOT EXISTS root@'{host}'",
                    f"GRANT ALL ON *.* TO root@'{host}' WITH GRANT OPTION",
                    f"ALTER USER root@'{host}' IDENTIFIED BY '{PASSWORD}'",
                ],
                unix_socket=str(self._folder / "s"),
                password=PASSWORD if host == "127.0.0.1" else "",
            )

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def signal(self, number: int) -> None:
        """Send it a signal, such as SIGSTOP."""
        assert self._process is not None
        self._process.send_signal(number)

    def _launch(self, environ: Mapping[str, str]) -> None:
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(self._server),
                    "--no-defaults",
                    *OPTIONS,
                    f"--datadir={self._folder / 'data'}",
                    f"--port={self.port}",
                    f"--socket={self._folder / 's'}",
                    f"--pid-file={self._folder / 'pid'}",
                    f"--user={getpass.getuser()}",
                ],
                stdout=log,
                stderr=log,
                env=environ,
            )
        self._wait()

    def stop(self) -> None:
        """End the server; it leaves its folder."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def environ(self) -> dict[str, str]:
        """The variables with which IArgus finds this server."""
        return {
            "MYSQL_HOST": "127.0.0.1",
            "MYSQL_PORT": str(self.port),
            "MYSQL_USER": "root",
            "MYSQL_PWD": PASSWORD,
        }

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements as root and give the rows of the last one."""
        return self._run(list(statements), host="127.0.0.1", port=self.port, password=PASSWORD)

    def reset(self) -> None:
        """Two empty databases, and no account but root's; only tests ever drop anything."""
        accounts = self.run("SELECT user, host FROM mysql.user WHERE user LIKE 'test\\_%'")
        self.run(
            *(f"DROP USER '{user}'@'{host}'" for user, host in accounts),
            *(f"DROP DATABASE IF EXISTS {name}" for name in DATABASES),
            *(f"CREATE DATABASE {name} CHARACTER SET utf8mb4" for name in DATABASES),
        )

    def _run(self, statements: list[str], **where: Any) -> list[tuple[Any, ...]]:
        connection = mysql.connector.connect(
            user="root", use_pure=True, autocommit=True, charset="utf8mb4", **where
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

    def _wait(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                self._run([], unix_socket=str(self._folder / "s"))
                return
            except mysql.connector.Error as error:
                # Whether it knows the password depends on which start this is: it answers.
                if error.errno == errorcode.ER_ACCESS_DENIED_ERROR:
                    return
                time.sleep(0.05)
        log = (self._folder / "server.log").read_text(errors="replace")[-2000:]
        self.stop()
        raise RuntimeError(f"mariadbd did not start: {log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

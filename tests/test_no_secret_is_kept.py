"""After a session with everything, neither databases nor logs hold a token or a signing secret, and
logs hold no address."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from iargus.auth.counters import Position
from iargus.auth.keys.loading import load_key_ring
from iargus.auth.keys.rotating_ring import RotatingKeyRing
from iargus.auth.tokens.store import SqlTokenStore
from iargus.clock import to_naive_utc, utc_now
from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import API, LABELLED, Database
from iargus.storage.migrate import upgrade
from tests.services.gunicorn import ROOT, Gunicorn
from tests.services.require import require_program

PERSON = "grace.tester@example.com"
JWT = re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}")

END = "-- end --"
COMMANDS = f"""
import sys
from iargus.cli.main import main
for command in sys.argv[1:]:
    sys.argv = ["iargus", *command.split()]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, command
    print({END!r})
"""


class Session:
    """What was used, what the commands wrote to their logs, and where everything is."""

    def __init__(self, environ: dict[str, str], folder: Path) -> None:
        self.environ = environ
        self.folder = folder
        self.tokens: list[str] = []
        self.logs = b""

    def iargus(self, *commands: str) -> list[str]:
        """Run commands one after the other, in one process: to start one takes seconds."""
        done = subprocess.run(
            [sys.executable, "-c", COMMANDS, *commands],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **self.environ},
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        self.logs += done.stderr
        return [part.strip() for part in done.stdout.decode().split(END)][:-1]

    def run(self) -> None:
        issue = f"token issue --email {PERSON} --scope admin"
        self.tokens.append(self.iargus("keys rotate", "token list", issue)[-1])
        server = Gunicorn(self.environ, self.folder / "log")
        try:
            # Tokens are judged before anybody asks for a model, and there is none here.
            server.start("/live")
            self._ask(server.url)
            bearer = {"Authorization": f"Bearer {self.tokens[0]}"}
            bodies: list[tuple[str, dict[str, Any]]] = [("search", {}), ("revoke", {"expected": 1})]
            for path, body in bodies:
                where = f"{server.url}/admin/tokens/{path}"
                httpx2.post(where, json={"email": PERSON} | body, headers=bearer, timeout=30)
            (signing, *_) = self.iargus("keys rotate", "keys list", "token announce")
            kid = signing.split()[0]
            gone = f"token revoke --email {PERSON} --yes"
            self.iargus(f"keys retire {kid} --now --yes", gone, f"token list --email {PERSON}")
        finally:
            server.stop()
        self.logs += (self.folder / "log").read_bytes()

    def _ask(self, url: str) -> None:
        ada = {"first_name": "Grace", "surname": "Tester", "email": PERSON}
        for _ in range(3):
            token = httpx2.post(f"{url}/get_token", json=ada, timeout=30).json()["token"]
            self.tokens.append(token)
            for good in (token, token[:-2] + "AA", token + "="):
                headers = {"Authorization": f"Bearer {good}"}
                httpx2.post(f"{url}/predict", json={"make": "x"}, headers=headers, timeout=30)
                httpx2.get(f"{url}/intent?query=hello", headers=headers, timeout=30)
        httpx2.post(f"{url}/predict", json={"security_token": token}, timeout=30)
        httpx2.post(f"{url}/revoke_token", json={"security_token": token}, timeout=30)
        httpx2.post(f"{url}/get_token", json=ada | {"email": f"{PERSON}@"}, timeout=30)


@pytest.fixture
def session(any_database_environ: dict[str, str], tmp_path: Path) -> Session:
    (tmp_path / "config.yml").write_text("log_level: debug\n")
    environ = any_database_environ | {"IARGUS_CONFIG": str(tmp_path / "config.yml")}
    settings = Settings(Environment.read(environ), Policy())
    for name in (LABELLED, API):
        database = Database.connect(name, settings)
        upgrade(database)
        database.dispose()
    return Session(environ, tmp_path)


def dump(session: Session) -> bytes:
    """Every byte of both databases, whatever the tables."""
    environ = session.environ
    if "MYSQL_HOST" not in environ:
        found = b""
        for name in (LABELLED, API):
            path = Path(environ["IARGUS_VAR"]) / f"{name}.db"
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            found += path.read_bytes()
        return found
    program = require_program("mariadb-dump")
    where = ("--host", environ["MYSQL_HOST"], "--port", environ["MYSQL_PORT"])
    account = ("--user", environ["MYSQL_USER"], f"--password={environ['MYSQL_PWD']}")
    return subprocess.run(
        [
            *(str(program), "--no-defaults", "--protocol=tcp", *where, *account),
            *("--databases", LABELLED, API),
        ],
        capture_output=True,
        check=True,
    ).stdout


def secrets_of(session: Session) -> dict[str, bytes]:
    """Every secret that could sign, by what it is."""
    settings = Settings(Environment.read(session.environ), Policy())
    environment = load_key_ring(settings)
    ring = RotatingKeyRing(environment, settings.policy.tokens)
    database = Database.connect(API, settings)
    at = to_naive_utc(utc_now())
    ring.apply(SqlTokenStore(database).changes(Position(), at=at).keys or [], at=at)
    database.dispose()
    return {kid: key.secret.get_secret_value().encode() for kid, key in ring.verifying.items()}


def test_neither_databases_nor_logs_hold_what_they_must_not(session: Session) -> None:
    session.run()
    database, secrets = dump(session), secrets_of(session)
    assert len(session.tokens) == 4
    assert len(secrets) >= 3, "the environment's, the first of the table, and a replacement"
    assert PERSON.encode() in database, "the dump is of the right database"
    places: dict[str, Any] = {"the databases": database, "the logs": session.logs}
    ring_file = Path(session.environ["IARGUS_VAR"]) / "signing-keys.json"
    places["the ring on disk"] = ring_file.read_bytes()
    for place, content in places.items():
        assert not JWT.search(content), place
        for token in session.tokens:
            assert token.encode() not in content, place
            assert token.rpartition(".")[2].encode() not in content, place
        for kid, secret in secrets.items():
            assert secret not in content, f"{place}: the secret of {kid}"
    assert b"DEBUG" in session.logs or b"INFO" in session.logs
    assert PERSON.encode() not in session.logs
    assert b"Traceback" not in session.logs

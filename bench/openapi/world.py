"""What `bench/openapi` asks: a database, placed models, tokens in a file, and gunicorn."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from iargus.api.container import Services
from iargus.auth.jwt.claims import ADMIN
from iargus.auth.tokens.record import Grant, Holder
from iargus.settings import Settings
from iargus.storage.migrate import upgrade
from tests.api.placing import place_models
from tests.services.gunicorn import Gunicorn
from tests.services.ports import free_port

ADA = Holder("Ada", "King", "ada@example.com")
SCOPES = {"person": Grant(), "admin": Grant(scope=ADMIN)}
# Counted and told in every answer, and never met: a 429 would hide what is behind it.
POLICY = {
    "issuing": {"mode": "open"},
    "limits": {
        "requests_per_minute": 10**9,
        "address_requests_per_minute": 10**9,
        "tokens_per_hour": 10**9,
    },
}


def prepare(folder: Path) -> dict[str, str]:
    """Make all that a service needs in `folder`; gives its environment."""
    (folder / "config.yml").write_text(yaml.safe_dump(POLICY), encoding="utf-8")
    place_models(folder / "var" / "models")
    return {
        "IARGUS_VAR": str(folder / "var"),
        "IARGUS_CONFIG": str(folder / "config.yml"),
        # The registry is away, as it may be: what is placed is served.
        "MLFLOW_HOST": f"127.0.0.1:{free_port()}",
    }


@contextmanager
def tokens(environ: dict[str, str]) -> Iterator[Services]:
    """The part of the service that issues tokens, before anything listens."""
    services = Services(Settings.read({**os.environ, **environ}), follow_registry=False)
    try:
        for database in services.databases:
            upgrade(database)
        yield services
    finally:
        for database in services.databases:
            database.dispose()


def issue(environ: dict[str, str], folder: Path, number: int) -> dict[str, Path]:
    """Write `number` tokens of each scope to a file of `folder`; gives the files by scope."""
    files = {}
    with tokens(environ) as services:
        for scope, grant in SCOPES.items():
            issued = [services.tokens.issue(ADA, grant).token for _ in range(number)]
            files[scope] = folder / f"tokens-{scope}.json"
            files[scope].write_text(json.dumps(issued), encoding="utf-8")
    return files


def serve(environ: dict[str, str], folder: Path, *, workers: int) -> Gunicorn:
    """gunicorn with its workers; a block `with` starts and ends it."""
    return Gunicorn(environ, folder / "gunicorn.log", workers=workers)

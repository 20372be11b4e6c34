"""The service on SQLite files, where no server is needed to see what is tested."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.outages.world import KEY, write_policy
from tests.services.gunicorn import Gunicorn

NEEDED = ("iargus.db", "iargus_api.db", "models")


class Embedded(Gunicorn):
    """gunicorn, and what lies in its `var/`."""

    var_dir: Path

    def workers(self) -> list[int]:
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        return [int(pid) for pid in found.stdout.split()]

    def recorded(self) -> int:
        """How many predictions are recorded."""
        return self._count("SELECT COUNT(*) FROM predictions")

    def has_recorded(self, prediction_id: str) -> bool:
        return bool(
            self._count("SELECT COUNT(*) FROM predictions WHERE prediction_id = ?", prediction_id)
        )

    def _count(self, query: str, *values: str) -> int:
        with closing(sqlite3.connect(self.var_dir / "iargus_api.db")) as database:
            (count,) = database.execute(query, values).fetchone()
        return int(count)


@contextmanager
def embedded(
    folder: Path,
    prepared_var: Path,
    *,
    policy: Mapping[str, Any],
    environ: Mapping[str, str] | None = None,
    var_dir: Path | None = None,
) -> Iterator[Embedded]:
    """Start two workers over a copy of the prepared databases and models."""
    place = var_dir or folder / "var"
    place.mkdir(exist_ok=True)
    for name in NEEDED:
        source = prepared_var / name
        if source.is_dir():
            shutil.copytree(source, place / name)
        else:
            shutil.copyfile(source, place / name)
    write_policy(folder / "config.yml", policy)
    server = Embedded(
        {
            "IARGUS_VAR": str(place),
            "IARGUS_CONFIG": str(folder / "config.yml"),
            "IARGUS_JWT_KEYS": KEY,
            # Nobody is there: what is placed is served.
            "MLFLOW_HOST": "http://127.0.0.1:9",
            **(environ or {}),
        },
        folder / "log",
    )
    server.var_dir = place
    with server:
        yield server

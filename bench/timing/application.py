"""The whole application in this process, asked without a network."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from iargus.api.app import create_app
from iargus.api.container import Services
from iargus.auth.keys.loading import fresh_key
from iargus.settings import Environment, Policy, Settings
from iargus.settings.environment import SmtpServer
from iargus.storage.migrate import upgrade

KEYS = tuple(fresh_key() for _ in range(8))
REFRESH_S = 1.0
_NOWHERE = SmtpServer(host="127.0.0.1", port=1, recipients=("ops@example.com",))


class Application:
    """IArgus on SQLite. Nothing runs beside the requests: no mail is sent, no model is there."""

    def __init__(self, var_dir: Path, policy: dict[str, Any]) -> None:
        self.services = Services(
            Settings(
                Environment(var_dir=var_dir, smtp=_NOWHERE, jwt_keys=KEYS),
                Policy.model_validate({"limits": {"enabled": False}, **policy}),
            ),
            follow_registry=False,
        )
        for database in self.services.databases:
            upgrade(database)
        self._refreshed_s = -REFRESH_S
        self._app = create_app(self.services)
        self._loop = asyncio.new_event_loop()

    def seconds(self, path: str, body: bytes, status: int, *, token: bytes = b"") -> float:
        """How long one POST takes, in seconds; it must be answered with this status."""
        headers = [(b"authorization", b"Bearer " + token)] if token else []
        scope = {
            **{"type": "http", "method": "POST", "path": path, "raw_path": path.encode()},
            **{"query_string": b"", "headers": headers, "http_version": "1.1", "scheme": "http"},
            **{"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "root_path": ""},
        }
        statuses: list[int] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        async def ask() -> float:
            begun_s = time.perf_counter()
            await self._app(scope, receive, send)
            return time.perf_counter() - begun_s

        self._refresh()
        took_s = self._loop.run_until_complete(ask())
        if statuses != [status]:
            raise RuntimeError(f"{path} answered {statuses}, not {status}")
        return took_s

    def _refresh(self) -> None:
        """What a thread beside the requests does otherwise, so that no token's state is unknown."""
        now_s = time.monotonic()
        if now_s - self._refreshed_s >= REFRESH_S:
            self.services.revocations.refresh()
            self._refreshed_s = now_s

    def close(self) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        for database in self.services.databases:
            database.dispose()


@contextmanager
def application(var_dir: Path, **policy: Any) -> Iterator[Application]:
    asked = Application(var_dir, policy)
    try:
        yield asked
    finally:
        asked.close()

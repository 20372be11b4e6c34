"""The API as it is run: a real gunicorn with its workers, on a free port."""

from __future__ import annotations

import fcntl
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import httpx2

from tests.services.ports import free_port

ROOT = Path(__file__).parents[2]
START_TIMEOUT_S = 90.0


class Gunicorn:
    """`gunicorn api:app` as gunicorn.conf.py has it, on a port or on the Unix socket `uds`; its
    output goes to `log`. With `authority`, it is asked by HTTPS and must be signed by that.

    Without `sync`, the lock of the sync process is held here, so that no worker starts one: it
    imports MLflow for seconds, and what is placed under `var/` is served without it."""

    def __init__(
        self,
        environ: Mapping[str, str],
        log: Path,
        *,
        workers: int = 2,
        worker_class: str = "uvicorn_worker.UvicornWorker",
        uds: Path | None = None,
        authority: Path | None = None,
        options: Sequence[str] = (),
        until: str = "/ready",
        sync: bool = True,
    ) -> None:
        self.port = free_port()
        self.url = f"{'https' if authority else 'http'}://127.0.0.1:{self.port}"
        self.log = log
        self._until = until
        self._authority = authority
        self._uds = uds
        bind = f"unix:{uds}" if uds else f"127.0.0.1:{self.port}"
        self._environ = os.environ | environ
        self._sync_lock = None if sync else Path(environ["IARGUS_VAR"], "sync.lock")
        self._held: IO[str] | None = None
        self._command = [
            *(sys.executable, "-m", "gunicorn", "api:app", "--workers", str(workers)),
            *("--worker-class", worker_class, "--bind", bind, *options),
        ]

    def start(self, until: str | None = None) -> Self:
        """Start, and wait until a GET of `until` is answered with 200."""
        until = until or self._until
        if self._sync_lock is not None and self._held is None:
            self._sync_lock.parent.mkdir(parents=True, exist_ok=True)
            self._held = self._sync_lock.open("a")
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environ, stdout=log, stderr=log
            )
        self.wait_for(lambda: self.status(until) == 200, f"{until} is 200")
        return self

    def stop(self, number: int = signal.SIGTERM, *, timeout_s: float = 40) -> int:
        """Send a signal and wait for the end."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            if self._held is not None:
                self._held.close()
                self._held = None

    def client(self, *, local_address: str | None = None) -> httpx2.Client:
        """A client that trusts the authority; it asks from `local_address`."""
        verify: ssl.SSLContext | bool = True
        if self._authority is not None:
            verify = ssl.create_default_context(cafile=self._authority)
        transport = httpx2.HTTPTransport(
            verify=verify,
            uds=None if self._uds is None else str(self._uds),
            local_address=local_address,
        )
        return httpx2.Client(base_url=self.url, transport=transport, timeout=10)

    def status(self, path: str) -> int | None:
        """The status of a GET, or None while nothing answers."""
        if self._uds is not None and not self._uds.exists():
            return None
        try:
            with self.client() as client:
                return client.get(path).status_code
        except httpx2.HTTPError:
            return None

    def wait_for(self, condition: Callable[[], bool], what: str, *, within_s: float = 90) -> None:
        """Ask until it is so; fail with the log when the process ends or time runs out."""
        deadline_s = time.monotonic() + within_s
        while not condition():
            if self.process.poll() is not None:
                raise AssertionError(f"gunicorn ended before {what}:\n{self.log.read_text()}")
            if time.monotonic() > deadline_s:
                raise AssertionError(f"{what}: not within {within_s} s\n{self.log.read_text()}")
            time.sleep(0.05)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

"""The API as it is run: a real gunicorn with its workers, on a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

from tests.services.ports import free_port

ROOT = Path(__file__).parents[2]
START_TIMEOUT_S = 90.0


class Gunicorn:
    """`gunicorn api:app` in the folder `cwd`; its output goes to `log`."""

    def __init__(
        self,
        environ: Mapping[str, str],
        log: Path,
        *,
        workers: int = 2,
        worker_class: str = "uvicorn_worker.UvicornWorker",
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._environ = os.environ | environ
        self._command = [
            *(sys.executable, "-m", "gunicorn", "api:app", "--workers", str(workers)),
            *("--worker-class", worker_class, "--bind", f"127.0.0.1:{self.port}"),
            *("--graceful-timeout", "20", "--timeout", "60"),
        ]

    def start(self, until: str = "/ready") -> Self:
        """Start, and wait until a GET of this path is answered with 200."""
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

    def status(self, path: str) -> int | None:
        """The status of a GET, or None while nothing answers."""
        try:
            return httpx2.get(self.url + path, timeout=10).status_code
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

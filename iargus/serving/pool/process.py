"""One process of the pool, as the worker sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

from iargus.errors import ArtefactRejected, ModelFailed
from iargus.tasks.base import Input, ReadRoute, Task


class ProcessGone(Exception):
    """The process has died, or did not answer in time and was killed."""


class EstimatorProcess:
    """Answers one request at a time; not to be shared between threads at once."""

    def __init__(self, task: Task, path: Path, sha256: str, *, timeout_s: float) -> None:
        """Start it and wait until it has loaded the file.

        Raises:
            ArtefactRejected: the file is not what it should be, or cannot be loaded in time.
            OSError: no process can be started.
        """
        self._worker, theirs = Pipe()
        with theirs:
            # A program of its own, not a fork: the worker has threads. It inherits only its end,
            # so that nobody else keeps the worker's end open.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "iargus.serving.pool.child", str(theirs.fileno())],
                stdin=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
            )
        try:
            policy = task.policy.model_dump()
            self._worker.send((task.name, policy, str(path), sha256))
            what, value = self._receive(timeout_s)
        except ProcessGone as error:
            raise ArtefactRejected(f"the process that loads the model {error}") from None
        except OSError as error:
            self.end()
            raise ArtefactRejected(f"the process that loads the model ended: {error}") from None
        if what != "ready":
            self.end()
            raise ArtefactRejected(str(value))

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, route: ReadRoute | None, inputs: Sequence[Input], *, timeout_s: float) -> Any:
        """See `Task.predict`, and with a route `Task.predict_read`.

        Raises:
            Gone: there is no answer, and no process any more.
            ModelFailed: the estimator has raised an error.
        """
        try:
            self._worker.send((route, inputs))
        except OSError as error:
            self.end()
            raise ProcessGone(f"has ended: {error}") from None
        what, value = self._receive(timeout_s)
        if what == "failed":
            raise ModelFailed(str(value))
        return value

    def end(self) -> None:
        """Kill it, whatever it does."""
        self._worker.close()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.kill()
        self._process.wait()

    def _receive(self, timeout_s: float) -> tuple[str, Any]:
        try:
            if self._worker.poll(timeout_s):
                what, value = json.loads(self._worker.recv_bytes())
                return what, value
            reason = f"did not answer within {timeout_s:.1f} s"
        except (EOFError, OSError, ValueError) as error:
            reason = f"has ended: {type(error).__name__}"
        self.end()
        raise ProcessGone(reason)

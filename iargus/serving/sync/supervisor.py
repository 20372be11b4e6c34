"""Keeps exactly one sync process on a host, whichever of the workers are alive."""

from __future__ import annotations

import fcntl
import logging
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import IO

from iargus.background import Background
from iargus.backoff import Backoff
from iargus.settings import Settings

logger = logging.getLogger(__name__)

_RESTARTS = Backoff(first_s=1, maximum_s=60)
_COMMAND = (sys.executable, "-m", "iargus", "sync", "--follow", "--parent-pipe")


class SyncSupervisor(Background):
    """Every worker runs one; whoever gets the lock `var/sync.lock` runs the sync process.

    The kernel lets go of the lock when its holder dies, however it dies, and the sync process
    ends when its standard input does. So there is always another to take over.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        command: Sequence[str] = _COMMAND,
        environ: Mapping[str, str] | None = None,
        retry_s: float = 1.0,
    ) -> None:
        super().__init__("sync-supervisor")
        self._lock_path = settings.var_dir / "sync.lock"
        self._command = tuple(command)
        self._environ = None if environ is None else dict(environ)
        self._retry_s = retry_s

    def run(self) -> None:
        """Wait for the lock, then keep the sync process running."""
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        complained = False
        while not self.stopped.is_set():
            try:
                with self._lock_path.open("a") as lock:
                    if _try_lock(lock):
                        self._keep_running()
                complained = False
            except OSError as error:
                if not complained:
                    logger.error("the sync process cannot be started: %s", error)
                complained = True
            self.stopped.wait(self._retry_s)

    def _keep_running(self) -> None:
        attempts = 0
        while not self.stopped.is_set():
            began = time.monotonic()
            code = self._run_child()
            if self.stopped.is_set():
                return
            lived_s = time.monotonic() - began
            attempts = 1 if lived_s > _RESTARTS.maximum_s else attempts + 1
            delay_s = _RESTARTS.after(attempts)
            logger.warning(
                "the sync process ended with status %d after %.0f s; again in %.0f s",
                code,
                lived_s,
                delay_s,
            )
            self.stopped.wait(delay_s)

    def _run_child(self) -> int:
        # The write end of the pipe is only here: when this process dies, the child reads the end.
        with subprocess.Popen(
            self._command, stdin=subprocess.PIPE, env=self._environ or dict(os.environ)
        ) as child:
            try:
                while child.poll() is None and not self.stopped.wait(0.2):
                    pass
            finally:
                _end(child)
            return child.returncode


def _end(child: subprocess.Popen[bytes]) -> None:
    """Close its input, which asks it to end; insist after five seconds."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

"""A server as a process of `bench/serving`: on its cores, until it answers, and its end."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.serving.environment import environment
from bench.serving.proc import children, cpu_s, descendants, group, resident_mb

START_TIMEOUT_S, STOP_TIMEOUT_S, SETTLE_TIMEOUT_S = 180.0, 15.0, 30.0
_ASK_EVERY_S, _SETTLED_S = 0.005, 0.5


@dataclass(frozen=True)
class Running:
    """A server that answers; `started_s` is from the start of its process to the first answer."""

    process: subprocess.Popen[bytes]
    port: int
    started_s: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def worker_megabytes(self) -> float:
        """Resident memory of the largest process that the started one has made itself."""
        return max(map(resident_mb, children(self.process.pid)), default=0.0)

    def megabytes(self) -> float:
        """Resident memory of all its processes; what they share counts for each."""
        return sum(map(resident_mb, [self.process.pid, *descendants(self.process.pid)]))

    def settle(self) -> None:
        """Wait until its processes have nothing to do: some go on loading after the first answer,
        and nobody is measured while that is so."""
        deadline_s = time.monotonic() + SETTLE_TIMEOUT_S
        while time.monotonic() < deadline_s:
            before_s = self._cpu_s()
            time.sleep(_SETTLED_S)
            if self._cpu_s() - before_s < 0.1 * _SETTLED_S:
                return

    def _cpu_s(self) -> float:
        return sum(map(cpu_s, [self.process.pid, *descendants(self.process.pid)]))

    def ask(self, path: str, body: Any, authorization: str | None = None) -> tuple[int, Any]:
        """One POST: the status and the JSON of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": authorization} if authorization else {}
        try:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()


@contextmanager
def running(
    command: Sequence[str],
    *,
    port: int,
    cores: str,
    cwd: Path,
    environ: Mapping[str, str],
    log: Path,
    first: tuple[str, Any, str | None],
) -> Iterator[Running]:
    """Start it on its cores, wait until `first` (path, body, authorization) is answered with 200,
    and end it with all that it has started."""
    with log.open("ab") as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            ["taskset", "-c", cores, *command],
            cwd=cwd,
            env=environment(environ),
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        server = Running(process, port)
        while not _answers(server, first):
            if process.poll() is not None or time.perf_counter() - began > START_TIMEOUT_S:
                last = log.read_text(errors="replace").strip()[-800:]
                raise RuntimeError(f"it does not answer; the end of {log.name}: {last}")
            time.sleep(_ASK_EVERY_S)
        yield Running(process, port, time.perf_counter() - began)
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to stop, then kill whatever is left of it, also what has left its group."""
    every = [process.pid, *descendants(process.pid)]
    # As a terminal would: all of them, since some masters pass nothing on.
    _signal_group(process.pid, signal.SIGTERM)
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()
        # A number that is in use again belongs to another group by now.
        while left := [pid for pid in every if group(pid) in every]:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(_ASK_EVERY_S)


def _answers(server: Running, first: tuple[str, Any, str | None]) -> bool:
    try:
        return server.ask(*first)[0] == 200
    except (OSError, ValueError, http.client.HTTPException):
        return False


def _signal_group(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, number)

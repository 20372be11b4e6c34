"""`model_monitoring.py` in a process that kills itself at a chosen point.

The functions through which every effect leaves the process are wrapped: a commit that writes, a
request to the MLflow server that is no question, the files of a run, the file of a model, a mail.
A point lies before and after each of them. Nothing of this is in the program itself.

`python -m bench.crash.child` waits for orders on stdin, one JSON object in a line, and forks for
each: importing MLflow takes longer than a whole run of a small task.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import signal
import smtplib
import sys
import tempfile
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_SLOW = (
    "iargus.cli.main",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "mlflow.sklearn",
    "mlflow.store.model_registry.sqlalchemy_store",
    "mlflow.store.tracking.sqlalchemy_store",
    "mysql.connector",
    "tests.toy_tasks",
)
PROGRAM = Path(__file__).parents[2] / "model_monitoring.py"
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b(?: OR \w+| IGNORE| INTO| FROM)*\s+(\w+)")


class Points:
    """Counts the points, writes their names to `log`, and kills this process at `kill_at`."""

    def __init__(self, log: Path, kill_at: int | None) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self._kill_at = kill_at
        self._count = 0
        self._written = ""

    def around(self, function: Callable[..., Any], name: Callable[..., str]) -> Callable[..., Any]:
        """`function` with a point before and after every call for which `name` gives a name."""

        @wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            called = name(*args, **kwargs)
            if not called:
                return function(*args, **kwargs)
            self._pass(f"before {called}")
            result = function(*args, **kwargs)
            self._pass(f"after {called}")
            return result

        return wrapper

    def _pass(self, name: str) -> None:
        self._count += 1
        os.write(self._log, f"{name}\n".encode())
        if self._count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        import requests
        from mlflow import MlflowClient
        from sqlalchemy import Engine, event
        from sqlalchemy.engine.default import DefaultDialect

        @event.listens_for(Engine, "before_cursor_execute")
        def _remember(*args: Any) -> None:
            found = _WRITES.match(str(args[2]))
            if found is not None:
                self._written = f"{found[1].lower()} {found[2]}"

        patched: list[tuple[Any, str, Callable[..., str]]] = [
            (DefaultDialect, "do_commit", self._commit),
            (requests.Session, "request", _request),
            (MlflowClient, "log_artifacts", lambda *_: "files of a run"),
            (smtplib.SMTP, "data", lambda *_: "a mail is handed over"),
            (os, "replace", lambda *_: "os.replace"),
        ]
        for owner, attribute, name in patched:
            setattr(owner, attribute, self.around(getattr(owner, attribute), name))

    def _commit(self, *_: Any) -> str:
        written, self._written = self._written, ""
        return f"commit of: {written}" if written else ""


def _request(_: Any, method: str, url: str, **__: Any) -> str:
    path = urlsplit(url).path
    if method == "GET" or path.endswith("/search"):
        return ""
    parts = [part for part in path.split("/") if part and len(part) < 32 and not part.isdigit()]
    return f"{method} {'/'.join(parts[-2:])}"


def run(order: dict[str, Any]) -> None:
    """Become the program; never returns."""
    output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.update(order["environ"])
    tempfile.tempdir = None  # TMPDIR may be another now
    Points(Path(order["log"]), order["kill_at"]).install()
    sys.argv = [str(PROGRAM), *order["arguments"]]
    code: Any = 70
    try:
        runpy.run_path(str(PROGRAM), run_name="__main__")
    except SystemExit as stop:
        code = stop.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 70)


def main() -> None:
    """Fork for every order and answer with its exit status, negative for a signal."""
    for name in _SLOW:  # before the first order, instead of in every child
        import_module(name)

    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(json.loads(line))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(status, flush=True)


if __name__ == "__main__":
    main()

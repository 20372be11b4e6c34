"""Runs pytest again and again: what is imported beside the program is imported once, then forked.

A process of its own for each copy of the tree, started there by `trial.py`, which sends one order
after the other, each a line of JSON, and gets the exit status back: null where pytest hung.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import select
import signal
import sys
from pathlib import Path

import pytest

OPTIONS = ("-x", "-q", "-rf", "--tb=line", "-p", "no:cacheprovider")
# What most tests import and takes long; of the program itself nothing may be among it.
_LIBRARIES = (
    *("aiosmtpd.controller", "alembic.command", "cryptography.x509", "email_validator", "fastapi"),
    *("hypothesis", "jwt", "matplotlib.figure", "mlflow", "pandas", "redis.asyncio", "skops.io"),
    *("sklearn.ensemble", "sklearn.pipeline", "sqlalchemy.dialects.mysql", "sqlalchemy.orm"),
    *("starlette.testclient", "typer", "rich.progress"),
)
# How long fixtures may take to end the servers that they have started.
_ENDING_S = 20.0


def main() -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        # Collects nothing, and loads the plugins.
        pytest.main(["--collect-only", "-q", "--noconftest", "-p", "no:cacheprovider", __file__])
    for name in _LIBRARIES:
        importlib.import_module(name)
    # What is there is of no interest to the collector of each child.
    gc.freeze()
    assert "iargus" not in sys.modules, "the program would be older than its change"
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(_run(order["tests"], Path(order["log"]), order["timeout_s"])), flush=True)


def _run(tests: list[str], log: Path, timeout_s: float) -> int | None:
    child = os.fork()
    if child == 0:
        os.setsid()
        with log.open("wb") as output, Path(os.devnull).open("rb") as nothing:
            for own, file in ((0, nothing), (1, output), (2, output)):
                os.dup2(file.fileno(), own)
        sys.exit(pytest.main([*OPTIONS, *tests]))
    ended = os.pidfd_open(child)
    try:
        if select.select([ended], [], [], timeout_s)[0]:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        # As Ctrl-C does: fixtures end what they have started.
        os.killpg(child, signal.SIGINT)
        if not select.select([ended], [], [], _ENDING_S)[0]:
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return None
    finally:
        os.close(ended)


if __name__ == "__main__":
    main()

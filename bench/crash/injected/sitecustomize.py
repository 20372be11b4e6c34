"""Put into a program by PYTHONPATH: counts its effects on the disk, ends it before a chosen one.

An effect is a statement of SQLite that is no question, or a file that is made, renamed, linked or
removed. `IARGUS_CRASH` is a JSON object: `log` (a file), `at` (a number, or null), `signal`, and
`command` (a word of the command line of the process that is meant). Like ^C at a terminal, and like
a lost power, the signal is for the whole group.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sqlite3.dbapi2
import sys
from typing import Any

_FILES = {"os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"}
_QUESTIONS = ("SELECT", "PRAGMA", "EXPLAIN", "--")


def _install(order: dict[str, Any]) -> None:
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    count = 0

    def passed(name: str) -> None:
        nonlocal count
        count += 1
        os.write(log, f"{name}\n".encode())
        if count == order["at"]:
            os.killpg(0, order["signal"])

    def statement(text: str) -> None:
        if not text.lstrip().upper().startswith(_QUESTIONS):
            passed(f"sql: {' '.join(text.split())[:50]}")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _FILES:
            passed(f"{event} {os.path.basename(str(arguments[0]))[:12]}")  # noqa: PTH119
        elif event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT:
            passed(f"open {os.path.basename(str(arguments[0]))[:12]}")  # noqa: PTH119

    opened = sqlite3.connect

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = opened(*arguments, **options)
        connection.set_trace_callback(statement)
        return connection

    sqlite3.connect = sqlite3.dbapi2.connect = connect  # type: ignore[assignment]
    sys.addaudithook(hook)


if "IARGUS_CRASH" in os.environ:
    _order = json.loads(os.environ["IARGUS_CRASH"])
    if _order["command"] in sys.orig_argv:
        _install(_order)

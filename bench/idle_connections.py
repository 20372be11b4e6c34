"""What an idle connection costs, and whether others are answered meanwhile.

    python -m bench.idle_connections [--connections 10000]

Real gunicorn with two workers over SQLite. The file limit (`ulimit -n`) must be higher.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2

from tests.outages.embedded import Embedded, embedded
from tests.outages.user import ADA, SENTENCE
from tests.services.gunicorn import ROOT

REQUESTS = 50


def resident_kib(pid: int) -> int:
    """The memory that a process really has, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def ask(server: Embedded, token: str) -> list[int]:
    headers = {"Authorization": f"Bearer {token}"}
    return [
        httpx2.post(f"{server.url}/intent", json=SENTENCE, headers=headers).status_code
        for _ in range(REQUESTS)
    ]


def measure(server: Embedded, connections: int) -> None:
    token = httpx2.post(f"{server.url}/get_token", json=ADA).json()["token"]
    ask(server, token)
    before = sum(resident_kib(pid) for pid in server.workers())
    began_s = time.monotonic()
    idle = [
        socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(connections)
    ]
    opened_s = time.monotonic() - began_s
    statuses = set(ask(server, token))
    after = sum(resident_kib(pid) for pid in server.workers())
    for connection in idle:
        connection.close()
    print(
        f"{connections:,} idle connections opened in {opened_s:.1f} s, "
        f"{(after - before) / connections:.1f} KiB each; others meanwhile: {statuses}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--connections", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="idle-") as name:
        folder = Path(name)
        subprocess.run(
            [sys.executable, "setup_tests.py"],
            cwd=ROOT,
            env=os.environ | {"IARGUS_VAR": str(folder / "prepared")},
            check=True,
            capture_output=True,
        )
        with embedded(folder, folder / "prepared", policy={}) as server:
            measure(server, options.connections)


if __name__ == "__main__":
    main()

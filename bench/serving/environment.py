"""What a server of `bench/serving` is given: variables of its own, and a port."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

# Nothing of these may reach a server that is measured; one core has no use for more threads.
_NOT_PASSED_ON = ("IARGUS_", "MYSQL_", "MLFLOW_", "SMTP_", "WEBSITE_", "REDIS_")
_QUIET = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    **{"DO_NOT_TRACK": "1", "BENTOML_DO_NOT_TRACK": "true", "MLFLOW_DISABLE_TELEMETRY": "true"},
}


def environment(more: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_NOT_PASSED_ON) or name in more
    }
    return {**kept, **_QUIET, **more}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now, and so the one after it."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                other.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port

"""`iargus setup` and `iargus serve`: from nothing to an answering service."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
from typing import Annotated

import typer

from iargus.cli.serve.binding import Place, print_examples
from iargus.clock import utc_now
from iargus.errors import ConfigurationError
from iargus.logs import configure_logging
from iargus.operations.stack import Stack

HOST = "127.0.0.1"
START_TIMEOUT_S = 120.0


def _tell(message: str) -> None:
    typer.echo(f"• {message}", err=True)


def setup() -> None:
    """Prepare databases, key, labelled data and a first champion of each task; safe to repeat."""
    # Imported here: it brings scikit-learn, pandas and MLflow, seconds that `--help` can spare.
    from iargus.operations.setup import prepare

    stack = Stack()
    configure_logging("warning")
    for problem in prepare(stack, today=utc_now().date(), tell=_tell):
        _tell(f"No model: {problem}")


def serve(
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="Port.")] = 8000,
    workers: Annotated[
        int, typer.Option(envvar="WORKERS", min=1, max=1024, help="Worker processes.")
    ] = 2,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = HOST,
) -> None:
    """Set up what is missing, then serve the API with gunicorn until stopped."""
    from iargus.auth.issuing.composition import mode_of

    check_port(host, port)
    settings = Stack().settings
    policy = settings.policy
    mode = mode_of(settings)  # before minutes of training, which would be for nothing
    place = Place.of(policy.tls, host, port)
    # A process of its own: what it imports to train would stay in memory for as long as we serve.
    prepared = subprocess.run([sys.executable, "-m", "iargus", "setup"], check=False)
    if prepared.returncode:
        raise typer.Exit(prepared.returncode)
    command = [
        *(sys.executable, "-m", "gunicorn", "api:app"),
        # What else there is to say stands in gunicorn.conf.py, which gunicorn reads itself.
        *("--workers", str(workers), "--bind", f"{host}:{port}", "--log-level", "warning"),
    ]
    server = subprocess.Popen(command)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: server.send_signal(received))
    try:
        if _wait_until_ready(server, place):
            print_examples(policy, place, mode)
        status = server.wait()
    except KeyboardInterrupt:
        # The terminal has told gunicorn as well.
        status = server.wait()
    raise typer.Exit(status)


def check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"cannot listen on {host}:{port}: {error.strerror}; PORT chooses another"
            ) from None


def _wait_until_ready(server: subprocess.Popen[bytes], place: Place) -> bool:
    deadline_s = time.monotonic() + START_TIMEOUT_S
    reason = "it does not answer"
    while time.monotonic() < deadline_s and server.poll() is None:
        try:
            place.ask("/ready", timeout_s=5)
            return True
        except urllib.error.HTTPError as error:
            reason = str(json.load(error).get("detail"))
        except (OSError, ValueError):
            pass
        time.sleep(0.1)
    if server.poll() is None:
        _tell(f"The service runs but is not ready: {reason}")
    return False

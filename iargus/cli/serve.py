"""`iargus setup` and `iargus serve`: from nothing to an answering service."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Annotated

import typer

from iargus.clock import utc_now
from iargus.errors import ConfigurationError
from iargus.issuing.starting import mode_of
from iargus.logs import configure_logging
from iargus.settings import Settings
from iargus.settings.issuing import IssuingMode
from iargus.stack import Stack

HOST = "127.0.0.1"
START_TIMEOUT_S = 120.0


def _tell(message: str) -> None:
    typer.echo(f"• {message}", err=True)


def setup() -> None:
    """Prepare databases, key, labelled data and a first champion of each task; safe to repeat."""
    # Imported here: it brings scikit-learn, pandas and MLflow, seconds that `--help` can spare.
    from iargus.setup import prepare

    stack = Stack()
    configure_logging("warning")
    for problem in prepare(stack, today=utc_now().date(), tell=_tell):
        _tell(f"No model: {problem}")


def serve(
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="Port.")] = 8000,
    workers: Annotated[int, typer.Option(envvar="WORKERS", min=1, help="Worker processes.")] = 2,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = HOST,
) -> None:
    """Set up what is missing, then serve the API with gunicorn until stopped."""
    check_port(host, port)
    mode_of(Settings.read(os.environ))  # before minutes of training, which would be for nothing
    # A process of its own: what it imports to train would stay in memory for as long as we serve.
    prepared = subprocess.run([sys.executable, "-m", "iargus", "setup"], check=False)
    if prepared.returncode:
        raise typer.Exit(prepared.returncode)
    command = [
        *(sys.executable, "-m", "gunicorn", "api:app"),
        *("--worker-class", "uvicorn_worker.UvicornWorker"),
        *("--workers", str(workers), "--bind", f"{host}:{port}"),
        *("--graceful-timeout", "30", "--timeout", "60", "--log-level", "warning"),
    ]
    server = subprocess.Popen(command)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: server.send_signal(received))
    try:
        if _wait_until_ready(server, host, port):
            _print_examples(Stack().settings, host, port)
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


def _wait_until_ready(server: subprocess.Popen[bytes], host: str, port: int) -> bool:
    deadline_s = time.monotonic() + START_TIMEOUT_S
    reason = "it does not answer"
    while time.monotonic() < deadline_s and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://{host}:{port}/ready", timeout=5).close()
            return True
        except urllib.error.HTTPError as error:
            reason = str(json.load(error).get("detail"))
        except (OSError, ValueError):
            pass
        time.sleep(0.1)
    if server.poll() is None:
        _tell(f"The service runs but is not ready: {reason}")
    return False


def _print_examples(settings: Settings, host: str, port: int) -> None:
    from iargus.tasks.catalogue import Catalogue

    base = f"http://{host}:{port}"
    lines = [
        f"TOKEN=$(curl -s {base}/get_token "
        """-d '{"first_name":"Ada","surname":"King","email":"ada@example.com"}' """
        """| python3 -c 'import json,sys; print(json.load(sys.stdin)["token"])')"""
    ]
    if mode_of(settings) is not IssuingMode.OPEN:
        # There the route wants more than a name; an administrator needs nothing of it.
        person = "--first-name Ada --surname King --email ada@example.com"
        lines = [f"TOKEN=$({sys.executable} -m iargus token issue {person})"]
    for task in list(Catalogue.read(settings.policy))[:2]:
        body = json.dumps(task.example())
        lines.append(
            f"""curl -s {base}{task.policy.path} -H "Authorization: Bearer $TOKEN" -d '{body}'"""
        )
    typer.echo(f"\nServing on {base} (documentation: {base}/docs). Try:\n", err=True)
    typer.echo("\n".join(lines) + "\n")
    sys.stdout.flush()

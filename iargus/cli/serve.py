"""`iargus serve`: from nothing to an answering service, with lines for a person to try."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iargus.errors import ConfigurationError
from iargus.operations.stack import Stack

if TYPE_CHECKING:
    from iargus.settings import Policy
    from iargus.settings.http import TlsPolicy
    from iargus.settings.tokens import IssuingMode

HOST = "127.0.0.1"
START_TIMEOUT_S = 120.0


def serve(
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="Port.")] = 8000,
    workers: Annotated[
        int, typer.Option(envvar="WORKERS", min=1, max=1024, help="Worker processes.")
    ] = 2,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = HOST,
) -> None:
    """Set up what is missing, then serve the API with gunicorn until stopped."""
    from iargus.auth.issuing.composition import mode_of

    _check_folder()
    check_port(host, port)
    settings = Stack().settings
    mode = mode_of(settings)  # before minutes of training in vain
    address = Address.of(settings.policy.tls, host, port)
    # A process of its own: the libraries for training would stay in memory while it serves.
    prepared = subprocess.run([sys.executable, "-m", "iargus", "setup"], check=False)
    if prepared.returncode:
        raise typer.Exit(prepared.returncode)
    command = [
        *(sys.executable, "-m", "gunicorn", "api:app"),
        # All other settings are in gunicorn.conf.py, which gunicorn reads itself.
        *("--workers", str(workers), "--bind", f"{host}:{port}", "--log-level", "warning"),
    ]
    server = subprocess.Popen(command)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: server.send_signal(received))
    try:
        if _wait_until_ready(server, address):
            print_examples(settings.policy, address, mode)
        status = server.wait()
    except KeyboardInterrupt:
        # The terminal signals gunicorn as well.
        status = server.wait()
    raise typer.Exit(status)


def _check_folder() -> None:
    # gunicorn reads both from the working folder; without its settings no guard would be in place.
    missing = [name for name in ("api.py", "gunicorn.conf.py") if not Path(name).is_file()]
    if missing:
        raise ConfigurationError(
            f"there is no {missing[0]} in {Path.cwd()}; start `iargus serve` in IArgus's own folder"
        )


def check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"cannot listen on {host}:{port}: {error.strerror}; PORT chooses another"
            ) from None


def _wait_until_ready(server: subprocess.Popen[bytes], address: Address) -> bool:
    deadline_s = time.monotonic() + START_TIMEOUT_S
    reason = "it does not answer"
    while time.monotonic() < deadline_s and server.poll() is None:
        try:
            address.ask("/ready", timeout_s=5)
            return True
        except urllib.error.HTTPError as error:
            reason = str(json.load(error).get("detail"))
        except (OSError, ValueError):
            pass
        time.sleep(0.1)
    if server.poll() is None:
        typer.echo(f"• The service runs but is not ready: {reason}", err=True)
    return False


@dataclass(frozen=True)
class Address:
    """Where the service listens; with a certificate, HTTPS under one of its names."""

    host: str
    port: int
    certificate: Path | None = None
    name: str = ""

    @classmethod
    def of(cls, tls: TlsPolicy, host: str, port: int) -> Address:
        """The address of a service with these settings.

        Raises:
            ConfigurationError: there is no certificate where the settings name one.
        """
        if tls.certificate is None:
            return cls(host, port, name=host)
        from iargus.server.tls import read_certificate

        names = read_certificate(tls.certificate).names
        good = [name for name in (host, "localhost", *names) if name in names]
        return cls(host, port, tls.certificate, good[0] if good else host)

    @property
    def url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://{self.name}:{self.port}"

    @property
    def curl(self) -> str:
        """`curl` with the options it needs here: the certificate, and the address of its name."""
        if self.certificate is None:
            return "curl -s"
        known = self.name in (self.host, "localhost")
        resolve = "" if known else f" --resolve {self.name}:{self.port}:{self.host}"
        return f"curl -s --cacert {self.certificate}{resolve}"

    def ask(self, path: str, *, timeout_s: float) -> None:
        """GET a path.

        Raises:
            urllib.error.HTTPError: the answer is another than 200.
            OSError: there is none, or another certificate than ours.
        """
        scheme = "https" if self.certificate else "http"
        url = f"{scheme}://{self.host}:{self.port}{path}"
        context = None
        if self.certificate is not None:
            # Our own certificate alone is trusted, so the name of this machine does not matter.
            context = ssl.create_default_context(cafile=self.certificate)
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.check_hostname = False
        urllib.request.urlopen(url, timeout=timeout_s, context=context).close()  # noqa: S310


def print_examples(policy: Policy, address: Address, mode: IssuingMode) -> None:
    """Print a line to get a token, and one for each of the first two tasks."""
    from iargus.settings.tokens import IssuingMode
    from iargus.tasks.catalogue import Catalogue

    lines = [
        f"TOKEN=$({address.curl} {address.url}/get_token "
        """-d '{"first_name":"Ada","surname":"King","email":"ada@example.com"}' """
        """| python3 -c 'import json,sys; print(json.load(sys.stdin)["token"])')"""
    ]
    if mode is not IssuingMode.OPEN:
        # The route asks for more than a name; the command line does not.
        person = "--first-name Ada --surname King --email ada@example.com"
        lines = [f"TOKEN=$({sys.executable} -m iargus token issue {person})"]
    for task in list(Catalogue.read(policy))[:2]:
        body = json.dumps(task.example())
        lines.append(
            f"{address.curl} {address.url}{task.policy.path} "
            f"""-H "Authorization: Bearer $TOKEN" -d '{body}'"""
        )
    typer.echo(f"\nServing on {address.url} (documentation: {address.url}/docs). Try:\n", err=True)
    typer.echo("\n".join(lines) + "\n")
    sys.stdout.flush()

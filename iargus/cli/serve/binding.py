"""Where `iargus serve` serves: how to ask it, and lines for a person to try."""

from __future__ import annotations

import json
import ssl
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from iargus.settings import Policy
    from iargus.settings.http import TlsPolicy
    from iargus.settings.tokens import IssuingMode


@dataclass(frozen=True)
class Place:
    """An address to listen on; with a certificate, HTTPS under one of its names."""

    host: str
    port: int
    certificate: Path | None = None
    name: str = ""

    @classmethod
    def of(cls, tls: TlsPolicy, host: str, port: int) -> Place:
        """The place that a service with these settings has.

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
        """`curl` with what it needs here: whom to trust, and where the name is."""
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
        urllib.request.urlopen(  # noqa: S310 - the scheme is one of the two above
            url, timeout=timeout_s, context=self._context()
        ).close()

    def _context(self) -> ssl.SSLContext | None:
        if self.certificate is None:
            return None
        # Our own certificate and no other, whatever name this machine has for itself.
        context = ssl.create_default_context(cafile=self.certificate)
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.check_hostname = False
        return context


def print_examples(policy: Policy, place: Place, mode: IssuingMode) -> None:
    """Print a line to get a token, and one for each of the first two tasks."""
    from iargus.settings.tokens import IssuingMode
    from iargus.tasks.catalogue import Catalogue

    lines = [
        f"TOKEN=$({place.curl} {place.url}/get_token "
        """-d '{"first_name":"Ada","surname":"King","email":"ada@example.com"}' """
        """| python3 -c 'import json,sys; print(json.load(sys.stdin)["token"])')"""
    ]
    if mode is not IssuingMode.OPEN:
        # There the route wants more than a name; an administrator needs nothing of it.
        person = "--first-name Ada --surname King --email ada@example.com"
        lines = [f"TOKEN=$({sys.executable} -m iargus token issue {person})"]
    for task in list(Catalogue.read(policy))[:2]:
        body = json.dumps(task.example())
        lines.append(
            f"{place.curl} {place.url}{task.policy.path} "
            f"""-H "Authorization: Bearer $TOKEN" -d '{body}'"""
        )
    typer.echo(f"\nServing on {place.url} (documentation: {place.url}/docs). Try:\n", err=True)
    typer.echo("\n".join(lines) + "\n")
    sys.stdout.flush()

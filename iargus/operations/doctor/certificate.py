"""The certificate of the service itself, where it ends TLS: good, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from iargus.clock import Clock
from iargus.errors import ConfigurationError
from iargus.operations.doctor.finding import Finding, ok, problem, warning
from iargus.server.tls import read_certificate, server_context
from iargus.settings.http import TlsPolicy

SUBJECT = "certificate"
# Those who renew by themselves do so thirty days before the end; nine days later none did.
SOON = timedelta(days=21)


def examine_certificate(tls: TlsPolicy, clock: Clock) -> Iterator[Finding]:
    """Look at `tls.certificate` and its key; at nothing where there is none."""
    if tls.certificate is None or tls.key is None:
        return
    now = clock()
    try:
        server_context(tls.certificate, tls.key, now=now)
        read = read_certificate(tls.certificate)
    except ConfigurationError as error:
        yield problem(SUBJECT, str(error), "renew the files that `tls` names in config.yml")
        return
    left = read.not_after - now
    description = f"{', '.join(read.names)}: good until {read.not_after:%Y-%m-%d}"
    if left < SOON:
        remedy = "renew it, then send SIGHUP to gunicorn, which takes it up"
        yield warning(SUBJECT, f"{description}, {left.days} days from now", remedy)
    else:
        yield ok(SUBJECT, description)

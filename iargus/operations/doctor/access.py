"""Access to the API: signing keys, issuing of tokens, the certificate, and origins of browsers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from iargus.auth.issuing.composition import mode_of
from iargus.auth.keys.loading import load_key_ring
from iargus.auth.keys.service import signer
from iargus.auth.keys.store import SqlKeyStore
from iargus.auth.keys.wrapping import unwrap
from iargus.clock import Clock
from iargus.errors import ConfigurationError, DatabaseUnavailable, SchemaMissing
from iargus.operations.doctor.finding import Finding, ok, problem, warning
from iargus.server.tls import read_certificate, server_context
from iargus.settings import Settings
from iargus.settings.http import ANY_ORIGIN_WARNING, CorsPolicy, TlsPolicy
from iargus.settings.tokens import IssuingMode
from iargus.storage.database import Database
from iargus.text import counted

_MEANINGS = {
    IssuingMode.OPEN: "anybody with a plausible address gets a token",
    IssuingMode.ALLOW_LIST: "anybody with an address of the list gets a token",
    IssuingMode.CONFIRM: "a mailed link proves the address",
    IssuingMode.INVITATION: "an invitation is needed (`iargus invite create`)",
}

# Renewal is usually automatic thirty days before the end; nine days later it has failed.
RENEWAL_OVERDUE = timedelta(days=21)


def examine_key(settings: Settings, api: Database) -> Iterator[Finding]:
    """Examine the signing key: there, private, and from the environment in production."""
    subject = "signing key"
    environment = settings.environment
    if not environment.jwt_keys and not environment.production and not settings.key_file.exists():
        yield ok(subject, f"not made yet; the first start makes {settings.key_file}")
        return
    try:
        ring = load_key_ring(settings)
    except ConfigurationError as error:
        yield problem(subject, str(error), "`iargus keys new` makes a pair for IARGUS_JWT_KEYS")
        return
    place = "IARGUS_JWT_KEYS" if environment.jwt_keys else str(settings.key_file)
    read = f"{len(ring.keys)} from {place}"
    try:
        rows = SqlKeyStore(api).rows()
    except (DatabaseUnavailable, SchemaMissing):
        # The finding about the database says why. A newer key in it would sign.
        yield ok(subject, f"{read}; {ring.signing_kid} signs, if the database has no newer one")
        return
    signing = signer(rows, ring.keys)
    stored = {row.kid: row for row in rows}
    if signing is None:
        yield problem(
            subject, f"{read}; every key was revoked, so no token is issued", "`iargus keys rotate`"
        )
    elif signing in stored and unwrap(signing, stored[signing].wrapped or "", ring.keys) is None:
        yield problem(
            subject,
            f"{read}; {signing} of the database should sign, and no key here unwraps it, so "
            f"{ring.signing_kid} signs for this host alone",
            "give this host the secret of IARGUS_JWT_KEYS that `iargus keys list` names for it, "
            "or run `iargus keys rotate`",
        )
    else:
        yield ok(subject, f"{read}; {signing}{' of the database' * (signing in stored)} signs")


def examine_issuing(settings: Settings) -> Iterator[Finding]:
    """Examine the mode and what it needs; a warning where production is open to everybody."""
    subject = "issuing"
    try:
        mode = mode_of(settings)
    except ConfigurationError as error:
        yield problem(
            subject, str(error), "docs/how-to/issuing.md has a block of config.yml for each"
        )
        return
    found = f"{mode}: {_MEANINGS[mode]}"
    entries = len(settings.policy.issuing.allow)
    if entries:
        found += f"; {counted(entries, 'entry', 'entries')} under allow"
    if mode is IssuingMode.OPEN and settings.environment.production:
        yield warning(
            subject, found, "set issuing.mode to another one if this is not meant for everybody"
        )
    else:
        yield ok(subject, found)


def examine_certificate(tls: TlsPolicy, clock: Clock) -> Iterator[Finding]:
    """Examine the certificate of the service itself, where it terminates TLS."""
    if tls.certificate is None or tls.key is None:
        return
    subject, now = "certificate", clock()
    try:
        server_context(tls.certificate, tls.key, now=now)
        read = read_certificate(tls.certificate)
    except ConfigurationError as error:
        yield problem(subject, str(error), "renew the files that `tls` names in config.yml")
        return
    left = read.not_after - now
    description = f"{', '.join(read.names)}: good until {read.not_after:%Y-%m-%d}"
    if left < RENEWAL_OVERDUE:
        remedy = "renew it, then send SIGHUP to gunicorn, which takes it up"
        yield warning(subject, f"{description}, {left.days} days from now", remedy)
    else:
        yield ok(subject, description)


def examine_origins(policy: CorsPolicy) -> Iterator[Finding]:
    """Examine whose pages may call the API from a browser; a warning where every page may."""
    subject = "origins"
    if policy.any_origin:
        yield warning(
            subject,
            ANY_ORIGIN_WARNING,
            "name the origins instead, unless the service is meant for everybody's pages",
        )
    elif policy.allowed_origins:
        yield ok(subject, f"pages of {', '.join(policy.allowed_origins)} may call the API")

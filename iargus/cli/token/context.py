"""What the commands of `iargus token` share: the service, what is meant, and how it is shown."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from iargus.clock import to_naive_utc, utc_now
from iargus.errors import DataError
from iargus.operations.stack import Stack

if TYPE_CHECKING:
    from iargus.auth.tokens.record import TokenRecord
    from iargus.auth.tokens.register import Wanted
    from iargus.auth.tokens.service import TokenService

_AGE = re.compile(r"(\d{1,6})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}


def token_service(stack: Stack) -> TokenService:
    """The service over the database, with the keys as they are now; to issue, not to judge.

    Raises:
        DatabaseUnavailable: the keys cannot be read.
    """
    from iargus.auth.keys.loading import load_key_ring
    from iargus.auth.keys.rotating_ring import RotatingKeyRing
    from iargus.auth.keys.store import SqlKeyStore
    from iargus.auth.revocation.snapshot import RevocationSnapshot
    from iargus.auth.tokens.service import TokenService
    from iargus.auth.tokens.store import SqlTokenStore

    store, policy = SqlTokenStore(stack.api), stack.settings.policy.tokens
    ring = RotatingKeyRing(load_key_ring(stack.settings), policy)
    ring.apply(SqlKeyStore(stack.api).rows(), at=to_naive_utc(utc_now()))
    # Nothing is judged here, so nobody reads perhaps a million revoked tokens.
    snapshot = RevocationSnapshot(store, clock=utc_now, max_age_s=policy.revocation_max_age_s)
    return TokenService(store=store, ring=ring, policy=policy, clock=utc_now, revocations=snapshot)


def which(
    token: str | None,
    email: str | None,
    kid: str | None,
    issued_before: str | None,
    older_than: str | None,
) -> Wanted:
    """Which tokens the options of a command mean; a token itself counts by its digest.

    Raises:
        DataError: an option cannot be read; the message names it.
    """
    from iargus.auth.tokens.register import Wanted
    from iargus.auth.tokens.service import digest_of, normal_email

    by_digest = token is not None and token.count(".") == 2
    timestamps = [_timestamp(issued_before)] if issued_before is not None else []
    if older_than is not None:
        timestamps.append(_before(older_than))
    return Wanted(
        email=None if email is None else normal_email(email),
        jti=None if by_digest else token,
        digest=digest_of(token) if by_digest and token is not None else None,
        kid=kid,
        issued_before=min(timestamps) if timestamps else None,
    )


def served_tasks(stack: Stack, tasks: list[str] | None) -> tuple[str, ...] | None:
    """The tasks of `--task`, each once; None where it was not given.

    Raises:
        DataError: one of them is not served here.
    """
    unknown = set(tasks or []) - set(stack.catalogue.names())
    if unknown:
        raise DataError(f"--task: {', '.join(sorted(unknown))} is not served here")
    return tuple(sorted(set(tasks))) if tasks else None


def address(email: str) -> str:
    """An address in its usual spelling.

    Raises:
        DataError: it is none.
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise DataError(f"--email: {error}") from None


def state(record: TokenRecord, revoked_kids: Collection[str]) -> str:
    """What a token is now, in a word and perhaps a day."""
    from iargus.auth.tokens.record import state_of

    found = state_of(record, to_naive_utc(utc_now()), revoked_kids)
    if found == "revoked" and record.revoked_at is not None:
        return f"revoked {record.revoked_at:%Y-%m-%d}"
    return found


def shown_address(record: TokenRecord, *, clear: bool) -> str:
    """The address, masked unless it is asked for: screens are shared, and output is kept."""
    from iargus.auth.tokens.record import masked

    return record.holder.email if clear else masked(record.holder.email)


def as_document(
    record: TokenRecord, revoked_kids: Collection[str], *, clear: bool
) -> dict[str, object]:
    """A record for programs."""
    revoked = record.revoked_at
    return {
        "id": record.jti,
        "first_name": record.holder.first_name if clear else None,
        "surname": record.holder.surname if clear else None,
        "email": shown_address(record, clear=clear),
        "issued_at": f"{record.created_at.isoformat()}Z",
        "expires_at": f"{record.expires_at.isoformat()}Z",
        "revoked_at": None if revoked is None else f"{revoked.isoformat()}Z",
        "state": state(record, revoked_kids),
        "kid": record.kid,
        "scope": record.scope,
        "tasks": None if record.tasks is None else list(record.tasks),
    }


def _timestamp(text: str) -> datetime:
    try:
        timestamp = datetime.fromisoformat(text)
    except ValueError:
        raise DataError(f"--issued-before: {text!r} is no time such as 2026-08-01") from None
    return to_naive_utc(
        timestamp if timestamp.tzinfo is not None else timestamp.replace(tzinfo=UTC)
    )


def _before(age: str) -> datetime:
    match = _AGE.fullmatch(age)
    if match is None:
        raise DataError(f"--older-than: {age!r} is no age such as 90d, 12h or 2w")
    try:
        return to_naive_utc(utc_now() - timedelta(hours=int(match[1]) * _HOURS[match[2]]))
    except OverflowError:
        raise DataError(f"--older-than: {age!r} is before any time there is") from None

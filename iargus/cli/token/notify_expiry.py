"""`iargus token notify-expiry`: tell people that their token ends soon."""

from __future__ import annotations

from typing import Annotated

import typer

from iargus.clock import utc_now
from iargus.errors import MailNotSent
from iargus.logs import configure_logging
from iargus.operations.stack import Stack


def notify_expiry(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many mails would be sent.")
    ] = False,
) -> None:
    """Mail each person whose token ends within `tokens.announce_expiry_days`, once per token.

    For a daily schedule. Exit status 1 when a mail could not be sent; it is tried again next time.
    """
    from iargus.auth.expiry_notices import SqlExpiryNotices, notify_all
    from iargus.auth.keys.loading import load_key_ring
    from iargus.auth.keys.store import SqlKeyStore

    stack = Stack()
    configure_logging(stack.settings.policy.log_level)
    notices = SqlExpiryNotices(stack.api, load_key_ring(stack.settings))
    SqlKeyStore(stack.api).erase_expired()
    if dry_run:
        days = stack.settings.policy.tokens.announce_expiry_days
        typer.echo(f"{len(notices.due(utc_now(), days=days))} to be notified")
        return
    outcome = notify_all(notices, stack.labelled, stack.settings, utc_now)
    typer.echo(f"{outcome.sent} notified, {outcome.waiting} waiting")
    if outcome.waiting:
        raise MailNotSent(outcome.reason or "notices wait")

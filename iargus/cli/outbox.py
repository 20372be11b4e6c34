"""`iargus outbox`: mails that were sent or wait for the mail server."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from iargus.atomic_write import write_atomically
from iargus.cli.console import output
from iargus.clock import utc_now
from iargus.errors import MailNotSent
from iargus.logs import configure_logging
from iargus.operations.stack import Stack
from iargus.text import counted

if TYPE_CHECKING:
    from iargus.mailing.outbox import StoredMail

app = typer.Typer(
    help="Show the mails of monitoring and send those that wait.", no_args_is_help=True
)


@app.command("list")
def list_mails(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many mails to show.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the newest mails, sent or not."""
    from iargus.mailing.outbox import Outbox, in_words

    mails = Outbox(Stack().labelled).listed(limit=limit)
    if as_json:
        typer.echo(json.dumps([_as_json(stored) for stored in mails], indent=2))
        return
    table = Table("id", "created (UTC)", "about", "state", "attempts", "subject", "last error")
    for stored in mails:
        table.add_row(
            str(stored.id),
            f"{stored.created_at:%Y-%m-%d %H:%M}",
            escape(in_words(stored.mail.kind)),
            "waiting" if stored.sent_at is None else f"sent {stored.sent_at:%Y-%m-%d %H:%M}",
            str(stored.attempts),
            escape(stored.mail.subject),
            escape(stored.last_error or ""),
        )
    output().print(table if mails else "No mail was ever queued.")


@app.command("show")
def show_mail(
    mail_id: Annotated[int, typer.Argument(metavar="ID", help="The number that `list` shows.")],
    html: Annotated[
        Path | None,
        typer.Option(help="Write the HTML with its picture here, to be opened in a browser."),
    ] = None,
) -> None:
    """Show one mail as it is, or would be, sent."""
    from iargus.mailing.message import as_page
    from iargus.mailing.outbox import Outbox

    stack = Stack()
    stored = Outbox(stack.labelled).find(mail_id)
    if stored is None:
        raise typer.BadParameter(f"the outbox has no mail {mail_id}", param_hint="ID")
    server = stack.settings.environment.smtp
    to = "nobody: SMTP_SERVER is not set"
    if server is not None:
        to = f"{counted(len(server.recipients), 'recipient')} (SMTP_RECIPIENT)"
    sent = "not sent" if stored.sent_at is None else f"sent {stored.sent_at:%Y-%m-%d %H:%M} UTC"
    typer.echo(f"Subject: {stored.mail.subject}\nTo: {to}\nState: {sent}\n")
    typer.echo(stored.mail.body_text, nl=False)
    if html is not None:
        write_atomically(html, as_page(stored.mail))
        typer.echo(f"The HTML is in {html}", err=True)


@app.command("deliver")
def deliver_mails(
    now: Annotated[
        bool, typer.Option("--now", help="Try those too that pause after a failed attempt.")
    ] = False,
) -> None:
    """Send every mail that is due. Exit status 1 when mails still wait after that.

    A mail that could not be sent pauses for 5 minutes, then for twice as long after each attempt,
    at most 12 hours.
    """
    from iargus.mailing.delivery import deliver

    stack = Stack()
    configure_logging(stack.settings.policy.log_level)
    delivery = deliver(stack.labelled, stack.settings, utc_now, at_once=now)
    typer.echo(f"{delivery.sent} sent, {delivery.waiting} waiting")
    if delivery.waiting:
        raise MailNotSent(delivery.reason or "mails wait in the outbox")


def _timestamp(timestamp: datetime | None) -> str | None:
    return None if timestamp is None else f"{timestamp.isoformat()}Z"


def _as_json(stored: StoredMail) -> dict[str, str | int | None]:
    mail = stored.mail
    return {
        "id": stored.id,
        "message_id": mail.message_id,
        "task": mail.task,
        "period": mail.period,
        "kind": mail.kind,
        "subject": mail.subject,
        "created_at": _timestamp(stored.created_at),
        "sent_at": _timestamp(stored.sent_at),
        "next_attempt_at": _timestamp(stored.next_attempt_at),
        "attempts": stored.attempts,
        "last_error": stored.last_error,
    }

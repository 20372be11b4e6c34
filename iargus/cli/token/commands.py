"""`iargus token`: tokens for administrators."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Annotated, Literal

import typer

from iargus.cli.console import progress_bar
from iargus.cli.token.context import address, as_document, served_tasks, token_service, which
from iargus.cli.token.list_tokens import list_tokens
from iargus.clock import to_naive_utc, utc_now
from iargus.errors import DataError, MailNotSent
from iargus.logs import configure_logging
from iargus.operations.stack import Stack
from iargus.text import counted

app = typer.Typer(
    help="List, issue and revoke tokens, and notify of their expiry.", no_args_is_help=True
)
app.command("list")(list_tokens)

ADMIN_TTL_DAYS = 1


@app.command("show")
def show(
    token: Annotated[str, typer.Argument(help="The id that `list` shows, or a token.")],
    show_addresses: Annotated[
        bool, typer.Option("--show-addresses", help="Show name and e-mail address.")
    ] = False,
) -> None:
    """Show what is known of one token, as JSON."""
    from iargus.auth.tokens.register import SqlTokenRegister

    register = SqlTokenRegister(Stack().api)
    found = register.page(which(token, None, None, None, None), limit=1).records
    if not found:
        raise DataError("no such token was issued here")
    document = as_document(found[0], register.revoked_kids(), clear=show_addresses)
    typer.echo(json.dumps(document, indent=2))


@app.command("issue")
def issue(
    email: Annotated[str, typer.Option(help="E-mail address of the holder.")],
    first_name: Annotated[str, typer.Option(help="First name of the holder.")] = "",
    surname: Annotated[str, typer.Option(help="Surname of the holder.")] = "",
    scope: Annotated[
        Literal["admin"] | None, typer.Option(help="Open /admin, and no task.")
    ] = None,
    task: Annotated[
        list[str] | None, typer.Option(help="Open only this task; may be given again.")
    ] = None,
    ttl_days: Annotated[
        int | None, typer.Option(min=1, help="Valid for so many days; 1 for an administrator.")
    ] = None,
) -> None:
    """Issue a token and print it; it is shown only once."""
    from iargus.auth.jwt.claims import ADMIN
    from iargus.auth.tokens.record import Grant, Holder

    stack = Stack()
    tasks = served_tasks(stack, task)
    longest = stack.settings.policy.tokens.ttl_days
    if ttl_days is not None and ttl_days > longest:
        raise DataError(f"--ttl-days: tokens.ttl_days allows {longest} at most")
    grant = Grant(ttl_days, scope, tasks)
    if scope == ADMIN:
        if tasks:
            raise DataError("--task: a token for administrators opens no task")
        grant = Grant(ttl_days or ADMIN_TTL_DAYS, ADMIN, ())
    holder = Holder(first_name, surname, address(email))
    issued = token_service(stack).issue(holder, grant)
    typer.echo(issued.token)
    typer.echo(f"expires at {issued.expires_at:%Y-%m-%d %H:%M} UTC", err=True)


@app.command("revoke")
def revoke(
    token: Annotated[
        str | None, typer.Argument(help="The id that `iargus token list` shows, or a token.")
    ] = None,
    email: Annotated[str | None, typer.Option(help="All tokens of this person.")] = None,
    kid: Annotated[str | None, typer.Option(help="All tokens of this signing key.")] = None,
    issued_before: Annotated[
        str | None, typer.Option(help="All tokens issued before this time (UTC).")
    ] = None,
    older_than: Annotated[
        str | None, typer.Option(help="All tokens issued longer ago, such as 90d or 12h.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask for confirmation, regardless of how many.")
    ] = False,
) -> None:
    """End tokens; every worker refuses them within a second. A token must match all options."""
    from iargus.auth.tokens.register import SqlTokenRegister

    wanted = which(token, email, kid, issued_before, older_than)
    if wanted.everything:
        raise typer.BadParameter(
            "say which: a token or its id, --email, --kid, --issued-before, --older-than"
        )
    register, at = SqlTokenRegister(Stack().api), to_naive_utc(utc_now())
    count, people = register.count(wanted, at)
    if count == 0:
        raise DataError("no such token is in use: it is unknown, has ended or was revoked before")
    if count > 1:
        persons = counted(people, "person", "people")
        typer.echo(f"This revokes {count:,} tokens, {persons}.", err=True)
        if not yes:
            typer.confirm("Revoke them?", abort=True, err=True)
    done = 0
    with progress_bar("Revoking", total=count) if count > 1000 else nullcontext() as advance:
        for number in register.revoke(wanted, at):
            done += number
            if advance is not None:
                advance(done, done)
    typer.echo("revoked" if done == 1 else f"{done:,} tokens revoked")


@app.command("notify-expiry")
@app.command("announce", hidden=True)  # the name of earlier releases
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

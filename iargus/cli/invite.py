"""`iargus invite`: invitations, for the mode of that name."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from iargus.cli.console import iso_utc, print_json, print_table
from iargus.cli.options import JsonOption
from iargus.cli.token.context import served_tasks
from iargus.clock import to_naive_utc, utc_now
from iargus.errors import DataError
from iargus.operations.stack import Stack

if TYPE_CHECKING:
    from iargus.auth.issuing.invitations import Invitation

app = typer.Typer(help="Create, list and revoke invitations.", no_args_is_help=True)


@app.command("create")
def create(
    uses: Annotated[int, typer.Option(min=1, max=100_000, help="How many tokens it allows.")] = 1,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it is valid.")] = 14,
    email: Annotated[
        str | None, typer.Option(help="Only for this address, in any upper or lower case.")
    ] = None,
    domain: Annotated[
        str | None, typer.Option(help="Only for addresses of this domain, not of subdomains.")
    ] = None,
    task: Annotated[
        list[str] | None, typer.Option(help="Only for this task; may be given again.")
    ] = None,
) -> None:
    """Make an invitation and print its code; it is shown only once."""
    from iargus.auth.issuing.addresses import Address
    from iargus.auth.issuing.codes import invitation_text
    from iargus.auth.issuing.invitations import Invitations

    if email is not None and domain is not None:
        raise DataError("--email and --domain: one is enough")
    try:
        if email is not None:
            Address.parse(email)
        parsed = None if domain is None else Address.parse(f"x@{domain}").domain
    except ValueError as error:
        raise DataError(f"{'--email' if email is not None else '--domain'}: {error}") from None
    stack = Stack()
    tasks = served_tasks(stack, task)
    now = to_naive_utc(utc_now())
    expires_at = now + timedelta(days=days)
    code = Invitations(stack.api).create(
        uses=uses, at=now, expires_at=expires_at, email=email, domain=parsed, tasks=tasks
    )
    typer.echo(invitation_text(code))
    whom = email or (f"addresses of {domain}" if domain else "anybody")
    what = "" if tasks is None else f", only {', '.join(tasks)}"
    until = f"{expires_at:%Y-%m-%d %H:%M} UTC"
    typer.echo(f"for {whom}{what}, {uses} use(s), until {until}", err=True)


@app.command("list")
def list_invitations(as_json: JsonOption = False) -> None:
    """Show every invitation, the newest first. The codes themselves are not kept; an id is the
    first group of its code."""
    from iargus.auth.issuing.invitations import Invitations

    found = Invitations(Stack().api).listed()
    if as_json:
        print_json([_as_json(each) for each in found])
    elif found:
        heads = ("id", "for", "tasks", "used", "created (UTC)", "expires (UTC)", "state")
        print_table(heads, map(_row, found))
    else:
        typer.echo("No invitation was made yet.")


@app.command("revoke")
def revoke(
    invitation: Annotated[str, typer.Argument(help="The id that `iargus invite list` shows.")],
) -> None:
    """End an invitation; tokens that it gave stay valid."""
    from iargus.auth.issuing.invitations import Invitations

    key = invitation.strip().upper().partition("-")[0]
    if not Invitations(Stack().api).revoke(key, to_naive_utc(utc_now())):
        raise DataError("no invitation with this id is in use: it is unknown or was revoked before")
    typer.echo("revoked")


def _row(each: Invitation) -> tuple[str, ...]:
    return (
        each.id,
        each.email or each.domain or "anybody",
        "all" if each.tasks is None else ", ".join(each.tasks),
        f"{each.used} of {each.uses}",
        f"{each.created_at:%Y-%m-%d %H:%M}",
        f"{each.expires_at:%Y-%m-%d %H:%M}",
        _state(each),
    )


def _state(each: Invitation) -> str:
    if each.revoked_at is not None:
        return f"revoked {each.revoked_at:%Y-%m-%d}"
    if each.expires_at <= to_naive_utc(utc_now()):
        return "expired"
    return "used up" if each.used >= each.uses else "valid"


def _as_json(each: Invitation) -> dict[str, str | int | list[str] | None]:
    return {
        "id": each.id,
        "email": each.email,
        "domain": each.domain,
        "tasks": None if each.tasks is None else list(each.tasks),
        "uses": each.uses,
        "used": each.used,
        "created_at": iso_utc(each.created_at),
        "expires_at": iso_utc(each.expires_at),
        "revoked_at": iso_utc(each.revoked_at),
        "state": _state(each),
    }

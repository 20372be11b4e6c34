"""`iargus token`: tokens for administrators."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

from iargus.cli.token.context import address, as_document, served_tasks, token_service, which
from iargus.cli.token.list_tokens import list_tokens
from iargus.cli.token.notify_expiry import notify_expiry
from iargus.cli.token.revoke import revoke
from iargus.errors import DataError
from iargus.operations.stack import Stack

app = typer.Typer(
    help="List, issue and revoke tokens, and notify of their expiry.", no_args_is_help=True
)
app.command("list")(list_tokens)
app.command("revoke")(revoke)
app.command("notify-expiry")(notify_expiry)
app.command("announce", hidden=True)(notify_expiry)  # the name of earlier releases

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

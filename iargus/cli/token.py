"""`iargus token`: tokens for administrators."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from iargus.cli.console import output
from iargus.cli.token_announce import announce
from iargus.cli.token_parts import (
    address,
    as_document,
    shown_address,
    state,
    token_service,
    which,
)
from iargus.cli.token_revoke import revoke
from iargus.errors import DataError
from iargus.stack import Stack
from iargus.tokens.claims import ADMIN
from iargus.tokens.record import Grant, Holder
from iargus.tokens.register import SqlTokenRegister, Wanted

app = typer.Typer(help="List, issue, revoke and announce tokens.", no_args_is_help=True)
app.command("revoke")(revoke)
app.command("announce")(announce)

ADMIN_TTL_DAYS = 1


@app.command("list")
def list_tokens(
    email: Annotated[str | None, typer.Option(help="Only the tokens of this person.")] = None,
    kid: Annotated[str | None, typer.Option(help="Only the tokens of this signing key.")] = None,
    issued_before: Annotated[
        str | None, typer.Option(help="Only tokens issued before this time (UTC).")
    ] = None,
    older_than: Annotated[
        str | None, typer.Option(help="Only tokens issued longer ago, such as 90d or 12h.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many to show.")] = 100,
    after: Annotated[
        int | None, typer.Option(help="Go on where a page ended; it says how.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show all pages.")] = False,
    show_addresses: Annotated[
        bool, typer.Option("--show-addresses", help="Show names and e-mail addresses.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show tokens, the newest first. The tokens themselves are not kept."""
    register = SqlTokenRegister(Stack().api)
    wanted = which(None, email, kid, issued_before, older_than)
    if as_json:
        _print_json(register, wanted, limit, after, every=every, clear=show_addresses)
        return
    revoked, cursor, first = register.revoked_kids(), after, True
    while first or (every and cursor is not None):
        page = register.page(wanted, limit=limit, cursor=cursor)
        table = Table("id", "person", "kid", "issued (UTC)", "expires (UTC)", "for", "state")
        table.columns[0].no_wrap = True  # it is copied into `iargus token revoke`
        for record in page.records:
            name = f"{record.holder.first_name} {record.holder.surname} "
            table.add_row(
                record.jti,
                escape(
                    (name if show_addresses else "") + shown_address(record, clear=show_addresses)
                ),
                record.kid,
                f"{record.created_at:%Y-%m-%d %H:%M}",
                f"{record.expires_at:%Y-%m-%d %H:%M}",
                record.scope or ("all tasks" if record.tasks is None else ", ".join(record.tasks)),
                state(record, revoked),
            )
        output().print(table if page.records else "No such token was issued.")
        cursor, first = page.cursor, False
    if cursor is not None:
        typer.echo(f"There are more: --after {cursor}", err=True)


def _print_json(
    register: SqlTokenRegister,
    wanted: Wanted,
    limit: int,
    after: int | None,
    *,
    every: bool,
    clear: bool,
) -> None:
    """One array, written as its pages arrive: a million rows are never held at once."""
    revoked, cursor, separator = register.revoked_kids(), after, "["
    while True:
        page = register.page(wanted, limit=limit, cursor=cursor)
        for record in page.records:
            document = json.dumps(as_document(record, revoked, clear=clear))
            typer.echo(f"{separator}\n  {document}", nl=False)
            separator = ","
        cursor = page.cursor
        if cursor is None or not every:
            break
    typer.echo("[]" if separator == "[" else "\n]")
    if cursor is not None:
        typer.echo(f"There are more: --after {cursor}", err=True)


@app.command("show")
def show(
    token: Annotated[str, typer.Argument(help="The id that `list` shows, or a token.")],
    show_addresses: Annotated[
        bool, typer.Option("--show-addresses", help="Show name and e-mail address.")
    ] = False,
) -> None:
    """Show what is known of one token, as JSON."""
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
    """Issue a token and print it; it is shown this once."""
    stack = Stack()
    unknown = set(task or []) - set(stack.catalogue.names())
    if unknown:
        raise DataError(f"--task: {', '.join(sorted(unknown))} is not served here")
    longest = stack.settings.policy.tokens.ttl_days
    if ttl_days is not None and ttl_days > longest:
        raise DataError(f"--ttl-days: tokens.ttl_days allows {longest} at most")
    grant = Grant(ttl_days, scope, None if task is None else tuple(sorted(set(task))))
    if scope == ADMIN:
        if task:
            raise DataError("--task: a token for administrators opens no task")
        grant = Grant(ttl_days or ADMIN_TTL_DAYS, ADMIN, ())
    holder = Holder(first_name, surname, address(email))
    issued = token_service(stack).issue(holder, grant)
    typer.echo(issued.token)
    typer.echo(f"expires at {issued.expires_at:%Y-%m-%d %H:%M} UTC", err=True)

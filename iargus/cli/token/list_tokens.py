"""`iargus token list`: tokens, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from iargus.cli.console import output
from iargus.cli.token.context import as_document, shown_address, state, which
from iargus.operations.stack import Stack

if TYPE_CHECKING:
    from iargus.auth.tokens.register import Page


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
        int | None, typer.Option(help="Continue after a page; its last line says from where.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show all pages.")] = False,
    show_addresses: Annotated[
        bool, typer.Option("--show-addresses", help="Show names and e-mail addresses.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show tokens, the newest first. The tokens themselves are not stored."""
    from iargus.auth.tokens.register import SqlTokenRegister

    register = SqlTokenRegister(Stack().api)
    wanted = which(None, email, kid, issued_before, older_than)
    revoked = register.revoked_kids()

    def pages() -> Iterator[Page]:
        page = register.page(wanted, limit=limit, cursor=after)
        yield page
        while every and page.cursor is not None:
            page = register.page(wanted, limit=limit, cursor=page.cursor)
            yield page

    # Written as pages arrive, the JSON too, as one array: a million rows are never held at once.
    separator = "["
    for page in pages():
        if as_json:
            for record in page.records:
                document = json.dumps(as_document(record, revoked, clear=show_addresses))
                typer.echo(f"{separator}\n  {document}", nl=False)
                separator = ","
        else:
            shown = _table(page, revoked, show_addresses=show_addresses)
            output().print(shown if page.records else "No such token was issued.")
    if as_json:
        typer.echo("[]" if separator == "[" else "\n]")
    if page.cursor is not None:
        typer.echo(f"There are more: --after {page.cursor}", err=True)


def _table(page: Page, revoked_kids: frozenset[str], *, show_addresses: bool) -> Table:
    table = Table("id", "person", "kid", "issued (UTC)", "expires (UTC)", "for", "state")
    table.columns[0].no_wrap = True  # it is copied into `iargus token revoke`
    for record in page.records:
        name = f"{record.holder.first_name} {record.holder.surname} " if show_addresses else ""
        table.add_row(
            record.jti,
            escape(name + shown_address(record, clear=show_addresses)),
            record.kid,
            f"{record.created_at:%Y-%m-%d %H:%M}",
            f"{record.expires_at:%Y-%m-%d %H:%M}",
            record.scope or ("all tasks" if record.tasks is None else ", ".join(record.tasks)),
            state(record, revoked_kids),
        )
    return table

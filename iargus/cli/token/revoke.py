"""`iargus token revoke`: one token, or all that are meant."""

from __future__ import annotations

from typing import Annotated

import typer

from iargus.cli.console import progress_bar
from iargus.cli.token.context import which
from iargus.clock import to_naive_utc, utc_now
from iargus.errors import DataError
from iargus.operations.stack import Stack
from iargus.text import counted


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
    if count > 1000:
        with progress_bar("Revoking", total=count) as advance:
            for number in register.revoke(wanted, at):
                done += number
                advance(done, done)
    else:
        done = sum(register.revoke(wanted, at))
    typer.echo("revoked" if done == 1 else f"{done:,} tokens revoked")

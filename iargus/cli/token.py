"""`iargus token`: tokens for administrators."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from email_validator import EmailNotValidError, validate_email
from rich.table import Table

from iargus.cli.console import output
from iargus.clock import to_naive_utc, utc_now
from iargus.errors import DataError
from iargus.stack import Stack
from iargus.tokens.keys import load_key_ring
from iargus.tokens.revocations import RevocationSnapshot
from iargus.tokens.service import TokenService
from iargus.tokens.store import Holder, SqlTokenStore, TokenRecord

app = typer.Typer(help="List, issue and revoke tokens.", no_args_is_help=True)


def _service(stack: Stack) -> TokenService:
    store = SqlTokenStore(stack.api)
    policy = stack.settings.policy.tokens
    return TokenService(
        store=store,
        ring=load_key_ring(stack.settings),
        policy=policy,
        clock=utc_now,
        revocations=RevocationSnapshot(store, clock=utc_now, max_age_s=policy.revocation_max_age_s),
    )


@app.command("list")
def list_tokens(
    email: Annotated[str | None, typer.Option(help="Only the tokens of this person.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show every token that was issued, the newest first. The tokens themselves are not kept."""
    records = _service(Stack()).listed(email=email)
    if as_json:
        typer.echo(json.dumps([_as_json(record) for record in records], indent=2))
        return
    table = Table("id", "name", "e-mail", "issued (UTC)", "expires (UTC)", "state")
    table.columns[0].no_wrap = True  # it is copied into `iargus token revoke`
    for record in records:
        holder = record.holder
        table.add_row(
            record.jti,
            f"{holder.first_name} {holder.surname}",
            holder.email,
            f"{record.created_at:%Y-%m-%d %H:%M}",
            f"{record.expires_at:%Y-%m-%d %H:%M}",
            _state(record),
        )
    output().print(table if records else "No token was issued yet.")


@app.command("issue")
def issue(
    first_name: Annotated[str, typer.Option(help="First name of the holder.")],
    surname: Annotated[str, typer.Option(help="Surname of the holder.")],
    email: Annotated[str, typer.Option(help="E-mail address of the holder.")],
) -> None:
    """Issue a token and print it; it is shown this once."""
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise DataError(f"--email: {error}") from None
    issued = _service(Stack()).issue(Holder(first_name, surname, address))
    typer.echo(issued.token)
    typer.echo(f"expires at {issued.expires_at:%Y-%m-%d %H:%M} UTC", err=True)


@app.command("revoke")
def revoke(
    token: Annotated[
        str, typer.Argument(help="The id that `iargus token list` shows, or a token.")
    ],
) -> None:
    """End a token; every worker refuses it within the refresh interval."""
    service = _service(Stack())
    changed = service.revoke(token) if token.count(".") == 2 else service.revoke_by_id(token)
    if not changed:
        raise DataError("no token with this id is in use: it is unknown or was revoked before")
    typer.echo("revoked")


def _state(record: TokenRecord) -> str:
    if record.revoked_at is not None:
        return f"revoked {record.revoked_at:%Y-%m-%d}"
    return "expired" if record.expires_at <= to_naive_utc(utc_now()) else "valid"


def _as_json(record: TokenRecord) -> dict[str, str | None]:
    return {
        "id": record.jti,
        "first_name": record.holder.first_name,
        "surname": record.holder.surname,
        "email": record.holder.email,
        "issued_at": f"{record.created_at.isoformat()}Z",
        "expires_at": f"{record.expires_at.isoformat()}Z",
        "revoked_at": None if record.revoked_at is None else f"{record.revoked_at.isoformat()}Z",
        "state": _state(record),
        "kid": record.kid,
    }

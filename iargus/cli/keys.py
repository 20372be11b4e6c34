"""`iargus keys`: signing keys."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from iargus.cli.console import output
from iargus.clock import utc_now
from iargus.operations.stack import Stack

if TYPE_CHECKING:
    from iargus.auth.keys.service import KeyInfo, KeyService
    from iargus.auth.keys.store import Use

app = typer.Typer(help="Signing keys.", no_args_is_help=True)


def _service() -> KeyService:
    from iargus.auth.keys.loading import load_key_ring
    from iargus.auth.keys.service import ENVIRONMENT, FILE, KeyService
    from iargus.auth.keys.store import SqlKeyStore

    stack = Stack()
    given = stack.settings.environment.jwt_keys
    return KeyService(
        SqlKeyStore(stack.api),
        load_key_ring(stack.settings),
        clock=utc_now,
        origin=ENVIRONMENT if given else FILE,
    )


@app.command("new")
def new() -> None:
    """Print a kid:secret pair for IARGUS_JWT_KEYS or IARGUS_BUNDLE_KEYS; nothing is stored."""
    from iargus.settings.keys import new_key

    typer.echo(new_key())


@app.command("rotate")
def rotate(
    rewrap: Annotated[
        bool,
        typer.Option(
            "--rewrap",
            help="Make no key: wrap those that are there with the first secret of IARGUS_JWT_KEYS.",
        ),
    ] = False,
) -> None:
    """Make a key that signs from now on, on every worker of every host.

    The key before it verifies until its last token has ended.
    """
    from iargus.auth.keys.service import FILE

    service = _service()
    if rewrap:
        count = service.rewrap()
        keys = "1 key is" if count == 1 else f"{count} keys are"
        place = "the key file" if service.origin == FILE else "the first secret of the environment"
        typer.echo(f"{keys} wrapped with {place}")
        return
    typer.echo(f"{service.rotate()} signs from now on")


@app.command("list")
def list_keys(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show every key, the newest first: what it does, and when nobody needs it any more."""
    service = _service()
    service.erase_expired()
    found = service.listed()
    if as_json:
        typer.echo(json.dumps([_as_json(info) for info in found], indent=2))
        return
    table = Table("kid", "from", "state", "created (UTC)", "tokens", "people", "can go", "wrapped")
    table.columns[0].no_wrap = True
    for info in found:
        table.add_row(
            info.kid,
            info.origin,
            info.state,
            "" if info.created_at is None else f"{info.created_at:%Y-%m-%d %H:%M}",
            f"{info.use.tokens:,}",
            f"{info.use.people:,}",
            _can_go(info),
            "" if info.wrapped_with is None else f"with {info.wrapped_with}",
        )
    output().print(table)


@app.command("retire")
def retire(
    kid: Annotated[str, typer.Argument(help="The kid that `iargus keys list` shows.")],
    now: Annotated[
        bool, typer.Option("--now", help="Refuse every token of this key at once: an emergency.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Let a key sign no more; a new one takes its place.

    Its tokens stay valid until they end, unless `--now` is given.
    """
    from iargus.auth.keys.service import ENVIRONMENT, FILE

    service = _service()
    use = service.use_of(kid)
    if now:
        typer.echo(f"{_loss(use)} at once, and cannot get them back.", err=True)
        if not yes:
            typer.confirm(f"Revoke the key {kid}?", abort=True, err=True)
    made = service.retire(kid, now=now)
    typer.echo(f"{kid} is {'revoked' if now else 'retired'}")
    if made is not None:
        typer.echo(f"{made} signs from now on")
    if not now or not any(
        info.kid == kid and info.origin in (ENVIRONMENT, FILE) for info in service.listed()
    ):
        return
    if service.origin == FILE:
        typer.echo(
            "This key is that of the file var/jwt.key, which wraps the others too. Remove the file "
            "and restart: a new one is made, and every token that there is ends.",
            err=True,
        )
    else:
        typer.echo(
            "This key is a secret of the environment, which wraps the others too: put a new one "
            "first into IARGUS_JWT_KEYS, run `iargus keys rotate --rewrap`, take this one out, "
            "and run `iargus keys rotate`.",
            err=True,
        )


def _loss(use: Use) -> str:
    holders = "1 person loses" if use.people == 1 else f"{use.people:,} people lose"
    return f"{holders} {'1 token' if use.tokens == 1 else f'{use.tokens:,} tokens'}"


def _can_go(info: KeyInfo) -> str:
    if info.state in ("signs", "revoked", "dropped"):
        return {"signs": "when it is retired"}.get(info.state, "gone")
    last = info.use.last_expiry
    return "now" if last is None else f"{last:%Y-%m-%d %H:%M}"


def _as_json(info: KeyInfo) -> dict[str, str | int | None]:
    return {
        "kid": info.kid,
        "from": info.origin,
        "state": info.state,
        "created_at": _timestamp(info.created_at),
        "tokens": info.use.tokens,
        "people": info.use.people,
        "last_token_expires_at": _timestamp(info.use.last_expiry),
        "wrapped_with": info.wrapped_with,
    }


def _timestamp(timestamp: datetime | None) -> str | None:
    return None if timestamp is None else f"{timestamp.isoformat()}Z"

"""`iargus keys`: signing keys."""

from __future__ import annotations

import typer

from iargus.tokens.keys import new_key

app = typer.Typer(help="Signing keys.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Signing keys."""


@app.command("new")
def new() -> None:
    """Print a kid:secret pair for IARGUS_JWT_KEYS or IARGUS_BUNDLE_KEYS; nothing is stored."""
    typer.echo(new_key())

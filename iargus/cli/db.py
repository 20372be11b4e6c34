"""`iargus db`: the tables of both databases."""

from __future__ import annotations

import typer

from iargus.operations.stack import Stack

app = typer.Typer(help="Create and check the tables of both databases.", no_args_is_help=True)


@app.command("upgrade")
def upgrade_databases() -> None:
    """Create what is missing, with an account that may create tables. Nothing is dropped."""
    from iargus.storage.migrate import upgrade

    stack = Stack()
    for database in (stack.labelled, stack.api):
        upgrade(database)
        typer.echo(f"{database.name}: the tables are those of this version")


@app.command("check")
def check_databases() -> None:
    """Say whether both databases have the tables of this version; exit status 1 if not."""
    from iargus.storage.migrate import check_schema

    stack = Stack()
    for database in (stack.labelled, stack.api):
        check_schema(database)
        typer.echo(f"{database.name}: the tables are those of this version")

"""Options that are shares of one."""

from __future__ import annotations

import typer

from iargus.settings.shares import why_no_limit, why_no_share


def limit_option(value: float | None) -> float | None:
    """The callback of an option that is the limit of an error."""
    if value is not None and (why := why_no_limit(value)) is not None:
        raise typer.BadParameter(why)
    return value


def share_option(value: float | None) -> float | None:
    """The callback of an option that is a part of a whole, from 0 to 1."""
    if value is not None and (why := why_no_share(value)) is not None:
        raise typer.BadParameter(why)
    return value

"""Arguments and options that several commands share; without the settings, whose import takes
time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from iargus.errors import ConfigurationError

TaskArgument = Annotated[str, typer.Argument(help="A task of config.yml, such as car_price.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

Encoding = Annotated[
    str | None, typer.Option(help="The encoding, such as cp1252; recognised if unset.")
]
Delimiter = Annotated[
    str | None, typer.Option(help="What separates the columns, \\t for tab; recognised if unset.")
]
Sheet = Annotated[
    str | None, typer.Option(help="The sheet of a workbook, by its name or number from 1.")
]


def limit_option(value: float | None) -> float | None:
    """The callback of an option that is the limit of an error."""
    from iargus.settings.fields import why_no_limit

    return _checked(value, why_no_limit)


def share_option(value: float | None) -> float | None:
    """The callback of an option that is a part of a whole, from 0 to 1."""
    from iargus.settings.fields import why_no_share

    return _checked(value, why_no_share)


def _checked(value: float | None, why_not: Callable[[float], str | None]) -> float | None:
    if value is not None and (why := why_not(value)) is not None:
        raise typer.BadParameter(why)
    return value


def delimiter_option(text: str | None) -> str | None:
    """The character that `--delimiter` means.

    Raises:
        ConfigurationError: it is not one character.
    """
    if text is None:
        return None
    character = {"\\t": "\t", "tab": "\t"}.get(text, text)
    if len(character) != 1 or character in '"\r\n':
        raise ConfigurationError(f"--delimiter {text!r} should be one character, or \\t for a tab")
    return character

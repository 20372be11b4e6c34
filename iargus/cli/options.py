"""Options that several commands share: shares of one, and how tables are written."""

from __future__ import annotations

import typer

from iargus.errors import ConfigurationError
from iargus.settings.fields import why_no_limit, why_no_share


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

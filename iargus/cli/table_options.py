"""Options about files of rows, for every command that reads some."""

from __future__ import annotations

from iargus.errors import ConfigurationError


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

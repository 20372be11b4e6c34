"""Who may have a token, and whether that can work."""

from __future__ import annotations

from iargus.auth.issuing.composition import mode_of
from iargus.errors import ConfigurationError
from iargus.operations.doctor.finding import Finding, ok, problem, warning
from iargus.settings import Settings
from iargus.settings.tokens import IssuingMode

SUBJECT = "issuing"
_MEANINGS = {
    IssuingMode.OPEN: "whoever gives a plausible address has a token",
    IssuingMode.ALLOW_LIST: "whoever gives an address of the list has a token",
    IssuingMode.CONFIRM: "a link by mail proves the address",
    IssuingMode.INVITATION: "an invitation is needed (`iargus invite create`)",
}


def examine_issuing(settings: Settings) -> Finding:
    """The mode and what it needs; a warning where production is open to everybody."""
    try:
        mode = mode_of(settings)
    except ConfigurationError as error:
        return problem(
            SUBJECT, str(error), "docs/how-to/issuing.md has a block of config.yml for each"
        )
    found = f"{mode}: {_MEANINGS[mode]}"
    entries = len(settings.policy.issuing.allow)
    if entries:
        found += f"; {entries} {'entry' if entries == 1 else 'entries'} under allow"
    if mode is IssuingMode.OPEN and settings.environment.production:
        return warning(
            SUBJECT, found, "set issuing.mode to another one if this is not meant for everybody"
        )
    return ok(SUBJECT, found)

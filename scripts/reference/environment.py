"""Environment variables, as `iargus.settings.variables` lists them."""

from __future__ import annotations

from iargus.settings.variables import VARIABLES
from scripts.reference.markdown import code, table


def markdown() -> str:
    """One line for each variable."""
    rows = [
        (code(variable.name), variable.description + ".", variable.unset) for variable in VARIABLES
    ]
    return table(("variable", "meaning", "when unset"), rows)

"""Tables for people, and for the programs they are piped into."""

from __future__ import annotations

import sys

from rich.console import Console

# Wide enough that no cell is folded where there is no terminal whose width would matter.
PIPE_WIDTH = 240


def output() -> Console:
    """The console of stdout."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)

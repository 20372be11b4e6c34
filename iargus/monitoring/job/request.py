"""What is asked of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from iargus.monitoring.period import Period

Progress = Callable[[str], None]
"""Is told every step in a few words."""


@dataclass(frozen=True)
class Request:
    """Judge `period`; a dry run reads everything and writes nothing."""

    period: Period
    force: bool = False
    dry_run: bool = False

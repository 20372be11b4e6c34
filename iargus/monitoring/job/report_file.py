"""The report of a month as a file on this machine."""

from __future__ import annotations

from pathlib import Path

from iargus.atomic_write import write_atomically
from iargus.monitoring.result import TaskOutcome


def write_report(directory: Path, outcome: TaskOutcome, page: str) -> Path:
    """Write the page to `directory/TASK/PERIOD.html`, whole or not at all; one that is there is
    replaced.

    Raises:
        OSError: the disk is full or not writable.
    """
    path = directory / outcome.task / f"{outcome.period}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, page, sync=False)
    return path

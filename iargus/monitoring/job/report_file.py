"""The report of a month as a file on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from iargus.monitoring.result import TaskOutcome


def write_report(directory: Path, outcome: TaskOutcome, page: str) -> Path:
    """Write the page to `directory/TASK/PERIOD.html`, whole or not at all; one that is there is
    replaced.

    Raises:
        OSError: the disk is full or not writable.
    """
    path = directory / outcome.task / f"{outcome.period}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(page, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path

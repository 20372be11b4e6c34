"""What one check finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is; only a problem changes the exit status."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """`subject` is what was examined, `remedy` what to do unless it is ok."""

    subject: str
    level: Level
    detail: str
    remedy: str = ""


def ok(subject: str, detail: str) -> Finding:
    return Finding(subject, Level.OK, detail)


def warning(subject: str, detail: str, remedy: str) -> Finding:
    return Finding(subject, Level.WARNING, detail, remedy)


def problem(subject: str, detail: str, remedy: str) -> Finding:
    return Finding(subject, Level.PROBLEM, detail, remedy)

"""A step of advice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """What to do, and the commands for it, in their order."""

    text: str
    commands: tuple[str, ...] = ()

"""A step of advice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """What to do, and the commands for it, in their order. A colon ends a text whose commands
    follow."""

    text: str
    commands: tuple[str, ...] = ()


def without_repeats(steps: Iterable[Step]) -> list[Step]:
    """Commands that a step before has given are not given again: two reasons ask for the same."""
    given: set[tuple[str, ...]] = set()
    found = []
    for step in steps:
        if step.commands and step.commands in given:
            found.append(Step(f"{step.text.rstrip(':.')}, as above."))
        else:
            found.append(step)
        given.add(step.commands)
    return found

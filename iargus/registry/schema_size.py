"""How much there is to walk in the schema of a skops file, references included.

skops audits what a file refers to twice as often as it is referred to: thirty lists, each of which
is the one before twice, are a few kilobytes and a walk of a thousand million steps. What skops
itself writes refers to nothing that it does not write out again, and so is no longer than it looks.
"""

from __future__ import annotations

from typing import Any

from iargus.errors import ArtefactRejected

MAX_RATIO = 10
_SMALL = 1_000_000  # steps; a few seconds


def check_schema(schema: Any, name: str) -> None:
    """Count the nodes of a parsed `schema.json`, with and without its references.

    Raises:
        ArtefactRejected: it refers to itself, or so often that nobody would come to an end.
    """
    walk = _Walk()
    steps = walk.steps(schema)
    if steps > max(_SMALL, MAX_RATIO * walk.written):
        raise ArtefactRejected(f"{name} has {walk.written} nodes that stand for {steps}")


class _Walk:
    """`written` is the number of nodes met so far."""

    def __init__(self) -> None:
        self.written = 0
        self._by_id: dict[object, int | None] = {}

    def steps(self, value: Any) -> int:
        if isinstance(value, list):
            return sum(map(self.steps, value))
        if not isinstance(value, dict):
            return 0
        self.written += 1
        number = value.get("__id__")
        if not isinstance(number, int) or not number:
            return 1 + sum(map(self.steps, value.values()))
        if number in self._by_id:
            known = self._by_id[number]
            if known is None:
                raise ArtefactRejected("an object of the file holds itself")
            # Written out again, perhaps, and not looked at again.
            self.written += sum(map(_written, value.values()))
            return known
        self._by_id[number] = None
        found = 1 + sum(map(self.steps, value.values()))
        self._by_id[number] = found
        return found


def _written(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_written, value.values()))
    return sum(map(_written, value)) if isinstance(value, list) else 0

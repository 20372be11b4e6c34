"""The schema of a skops file: equal when the models are, and how much there is to walk in it.

skops numbers objects by their address in memory and zip dates its members, so the same model
gives other bytes every time. Here objects are numbered in the order in which they appear, only
where two places share one, and members carry no date.

skops audits what a file refers to twice as often as it is referred to: thirty lists, each of which
is the one before twice, are a few kilobytes and a walk of a thousand million steps. What skops
itself writes refers to nothing that it does not write out again, and so is no longer than it looks.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from iargus.errors import ArtefactRejected

_EPOCH = (1980, 1, 1, 0, 0, 0)
_SCHEMA = "schema.json"


def canonical(data: bytes) -> bytes:
    """Rewrite a skops file so that equal models are equal bytes; it loads to the same model."""
    with ZipFile(io.BytesIO(data)) as source:
        members = {name: source.read(name) for name in source.namelist()}
    schema = json.loads(members.pop(_SCHEMA))
    counts: Counter[int] = Counter()
    _count(schema, counts)
    numbering = _Numbering({key for key, count in counts.items() if count > 1}, set(members))
    numbering.apply(schema)
    files = {numbering.files[name]: members[name] for name in members if name in numbering.files}
    files[_SCHEMA] = json.dumps(schema, separators=(",", ":")).encode()
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as target:
        for name in sorted(files):
            info = ZipInfo(name, _EPOCH)
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, files[name])
    return buffer.getvalue()


def _is_shareable(node: dict[str, Any]) -> bool:
    # Numbers and texts are shared or not as Python likes, and nobody can tell the difference.
    return isinstance(node.get("__id__"), int) and node.get("__loader__") != "JsonNode"


def _count(node: Any, counts: Counter[int]) -> None:
    if isinstance(node, dict):
        if _is_shareable(node):
            counts[node["__id__"]] += 1
        for value in node.values():
            _count(value, counts)
    elif isinstance(node, list):
        for value in node:
            _count(value, counts)


class _Numbering:
    """New numbers for shared objects, new names for members, in order of appearance."""

    def __init__(self, shared: set[int], members: set[str]) -> None:
        self._shared = shared
        self._members = members
        self._ids: dict[int, int] = {}
        self.files: dict[str, str] = {}

    def apply(self, node: Any) -> None:
        if isinstance(node, list):
            for value in node:
                self.apply(value)
            return
        if not isinstance(node, dict):
            return
        if isinstance(node.get("__id__"), int):
            old = node.pop("__id__")
            if old in self._shared and node.get("__loader__") != "JsonNode":
                # From 1: skops takes 0 for no number at all.
                node["__id__"] = self._ids.setdefault(old, len(self._ids) + 1)
        file = node.get("file")
        if isinstance(file, str) and file in self._members:
            ending = file.rpartition(".")[2]
            node["file"] = self.files.setdefault(file, f"{len(self.files)}.{ending}")
        for value in node.values():
            self.apply(value)


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

"""The schema of a skops file: the same for the same model, and bounded in what it refers to.

skops numbers objects by their address in memory and zip dates its members, so the same model
gives other bytes every time. Here objects are numbered in the order in which they appear, only
where two places share one, and members carry no date.

skops audits an object as often as it is referred to: thirty lists, each of which is the one before
twice, are a few kilobytes and a walk of a thousand million steps ("billion laughs"). What skops
itself writes is written out again wherever it is referred to, and so is no longer than it looks.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from iargus.errors import ArtefactRejected

_EPOCH = (1980, 1, 1, 0, 0, 0)
_SCHEMA = "schema.json"
MAX_RATIO = 10
_SMALL = 1_000_000  # steps; a few seconds


def canonical(data: bytes) -> bytes:
    """Rewrite a skops file so that equal models are equal bytes; it loads to the same model."""
    with ZipFile(io.BytesIO(data)) as source:
        members = {name: source.read(name) for name in source.namelist()}
    schema = json.loads(members.pop(_SCHEMA))
    names = _renumber(schema, set(members))
    files = {names[name]: members[name] for name in members if name in names}
    files[_SCHEMA] = json.dumps(schema, separators=(",", ":")).encode()
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as target:
        for name in sorted(files):
            info = ZipInfo(name, _EPOCH)
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, files[name])
    return buffer.getvalue()


def _renumber(schema: Any, members: set[str]) -> dict[str, str]:
    """Number shared objects and name members in order of appearance; return the new names by the
    old. An object that is not shared has no number."""
    counts = Counter(node["__id__"] for node in nodes(schema) if _is_shareable(node))
    ids: dict[int, int] = {}
    names: dict[str, str] = {}
    for node in nodes(schema):
        if isinstance(node.get("__id__"), int):
            is_shareable, old = _is_shareable(node), node.pop("__id__")
            if is_shareable and counts[old] > 1:
                # From 1: skops takes 0 for no number at all.
                node["__id__"] = ids.setdefault(old, len(ids) + 1)
        file = node.get("file")
        if isinstance(file, str) and file in members:
            node["file"] = names.setdefault(file, f"{len(names)}.{file.rpartition('.')[2]}")
    return names


def _is_shareable(node: dict[str, Any]) -> bool:
    # Python decides whether equal numbers and texts are one object; it makes no difference.
    return isinstance(node.get("__id__"), int) and node.get("__loader__") != "JsonNode"


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """All nodes, each before those in it."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from nodes(each)


def check_schema(schema: Any, name: str) -> None:
    """Count the nodes of a parsed `schema.json`, with and without its references.

    Raises:
        ArtefactRejected: it refers to itself, or so often that reading it would not end.
    """
    by_id: dict[int, int | None] = {}

    def steps(value: Any) -> int:
        if isinstance(value, list):
            return sum(map(steps, value))
        if not isinstance(value, dict):
            return 0
        number = value.get("__id__")
        if not isinstance(number, int) or not number:
            return 1 + sum(map(steps, value.values()))
        if number not in by_id:
            by_id[number] = None
            by_id[number] = 1 + sum(map(steps, value.values()))
        found = by_id[number]
        if found is None:
            raise ArtefactRejected("an object of the file holds itself")
        return found

    written, walked = sum(1 for _ in nodes(schema)), steps(schema)
    if walked > max(_SMALL, MAX_RATIO * written):
        raise ArtefactRejected(f"{name} has {written} nodes that stand for {walked}")

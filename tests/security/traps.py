"""What springs when something of an artefact is run: a folder that appears, a module that is there.

Every payload makes a folder `trap` beside the artefact's own, so one look afterwards tells.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import resource
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MODULE = "iargus_attack"
MEMORY_BYTES = 2**30


class Trap:
    """Makes the folder `path` when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._path),)


def trap_of(files: Path) -> Path:
    """Where the folder would appear."""
    return files.parent / f"trap-{files.name}"


def code_of(files: Path) -> str:
    """Python that springs the trap."""
    return f"import os\nos.mkdir({str(trap_of(files))!r})\n"


def trapped(files: Path) -> Trap:
    return Trap(trap_of(files))


def pickled(files: Path, protocol: int = 5) -> bytes:
    return pickle.dumps(trapped(files), protocol)


@contextmanager
def nothing_runs(files: Path) -> Iterator[None]:
    """Fail when the block has sprung the trap, imported the attacker's module or changed where
    modules come from, or wants more than a gigabyte: whoever unpacks a bomb has none."""
    before, environ = list(sys.path), dict(os.environ)
    with _little_memory():
        yield
    assert not trap_of(files).exists()
    assert not [name for name in sys.modules if name.partition(".")[0] == MODULE]
    assert sys.path == before
    assert {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")} == {
        k: v for k, v in environ.items() if not k.startswith("PYTEST")
    }


@contextmanager
def _little_memory() -> Iterator[None]:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    most = pages * resource.getpagesize() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


# --- skops files by hand


def node(name: str, loader: str, **rest: Any) -> dict[str, Any]:
    """A node of a schema, for the type or function `name`."""
    module, _, kind = name.rpartition(".")
    return {"__class__": kind, "__module__": module, "__loader__": loader, **rest}


def text(value: object) -> dict[str, Any]:
    return node("builtins.str", "JsonNode", content=json.dumps(value), is_json=True)


def listed(*nodes: dict[str, Any]) -> dict[str, Any]:
    return node("builtins.list", "ListNode", content=list(nodes))


def tupled(*nodes: dict[str, Any]) -> dict[str, Any]:
    return node("builtins.tuple", "TupleNode", content=list(nodes))


def skops_file(
    state: dict[str, Any], *, protocol: object = 2, members: dict[str, bytes] | None = None
) -> bytes:
    """A skops file with this state at its root."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (members or {}).items():
            archive.writestr(name, data)
        schema = {**state, "protocol": protocol, "_skops_version": "0.16.0"}
        archive.writestr("schema.json", json.dumps(schema))
    return buffer.getvalue()


def pipeline(step: dict[str, Any]) -> dict[str, Any]:
    """A pipeline with this as its only step."""
    return node(
        "sklearn.pipeline.Pipeline",
        "ObjectNode",
        content=node(
            "builtins.dict",
            "DictNode",
            content={"steps": listed(tupled(text("step"), step))},
            key_types=listed(node("builtins.str", "TypeNode")),
        ),
    )

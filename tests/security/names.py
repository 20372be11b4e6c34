"""The attacks by area, as pytest collects them.

An area is a file `test_*.py` of this folder; the first line of its docstring is its title. Every
test in it is an attack, but for those that are called `test_control_…`, which show that the door
would have opened. A parametrised test is as many attacks as it has parameters, each named by its
id; any other is named by its function.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
OWN_TESTS = "test_page.py"
CONTROL = "test_control_"


@dataclass(frozen=True)
class Area:
    """One file and what it tries."""

    path: Path
    title: str
    attacks: tuple[str, ...]


def area_paths() -> list[Path]:
    """The files with attacks, in the order of their names."""
    return sorted(path for path in FOLDER.glob("test_*.py") if path.name != OWN_TESTS)


def areas(node_ids: Iterable[str]) -> list[Area]:
    """The areas of collected tests, whose ids are `path::function[parameter]`."""
    found: dict[Path, list[str]] = {path: [] for path in area_paths()}
    for node_id in node_ids:
        place, _, test = node_id.partition("::")
        path = ROOT / place
        function, bracket, parameter = test.partition("[")
        if path in found and not function.startswith(CONTROL):
            plain = function.removeprefix("test_").replace("_", " ")
            found[path].append(parameter.removesuffix("]") if bracket else plain)
    return [Area(path, _title(path), tuple(names)) for path, names in found.items()]


def collect() -> list[str]:
    """The ids of every test of this folder, from a pytest of its own, which also refuses a
    parameter whose name comes twice."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    options = ["-o", "strict_parametrization_ids=true", "-o", "addopts=", str(FOLDER)]
    done = subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    return [line for line in done.stdout.splitlines() if "::" in line]


def _title(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, f"{path.name} says nothing about itself"
    return docstring.splitlines()[0].rstrip(".")

"""The map of the house in CONTRIBUTING.md: every path that it names is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT

MAPS = [ROOT / "CONTRIBUTING.md", ROOT / "docs" / "explanation" / "architecture.md"]
PATH = re.compile(
    r"`((?:iargus|tests|bench|docs|deploy|scripts|\.ci|\.github)(?:/[\w.*-]+)*/?|\w[\w.-]*\.\w{2,4})`"
)
# What is no file, although it has the form of one.
NO_FILES = {"example.org", "task.py"}


def named(page: Path) -> set[str]:
    return set(PATH.findall(page.read_text(encoding="utf-8"))) - NO_FILES


@pytest.mark.parametrize("page", MAPS, ids=lambda page: page.name)
def test_every_path_that_is_named_exists(page: Path) -> None:
    found = named(page)
    assert len(found) > 10
    for name in found:
        assert (ROOT / name).exists(), name


def test_the_usual_changes_are_told() -> None:
    text = MAPS[0].read_text(encoding="utf-8")
    rows = text.partition("If you want to …")[2].partition("\n- ")[0]
    changes = [line for line in rows.splitlines() if line.startswith("| ") and "go to" not in line]
    assert len(changes) >= 12
    for change in changes:
        assert PATH.search(change), change


def test_every_package_is_on_the_map() -> None:
    text = MAPS[1].read_text(encoding="utf-8")
    for folder in (ROOT / "iargus").iterdir():
        if (folder / "__init__.py").is_file():
            assert f"`iargus/{folder.name}`" in text, folder.name


def test_the_packages_are_in_the_order_of_their_layers() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    place = {name: index for index, layer in enumerate(layers) for name in layer.split(" | ")}
    rows = re.findall(
        r"^\|[^|]*\| `iargus/(\w+)", MAPS[1].read_text(encoding="utf-8"), re.MULTILINE
    )
    found = [place[name] for name in rows]
    assert found == sorted(found)


def test_every_package_is_in_the_picture() -> None:
    picture = (ROOT / "docs" / "architecture.svg").read_text(encoding="utf-8")
    shown = set(re.findall(r"\w+", " ".join(re.findall(r"<text[^>]*>([^<]*)<", picture))))
    packages = {folder.parent.name for folder in (ROOT / "iargus").glob("*/__init__.py")}
    assert packages <= shown

"""What the documentation names is there: files, commands, targets, routes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scripts.reference.commands import commands

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")])


@pytest.fixture(scope="module")
def by_name() -> dict[str, Any]:
    return dict(commands())


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_command_that_is_shown_exists_with_its_options(
    page: Path, by_name: dict[str, Any]
) -> None:
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    pattern = r"(?:^|`|/|\$ |\()iargus ((?:[a-z][a-z-]*|--[a-z])[^`\n#|)]*)"
    shown = re.findall(pattern, text, re.MULTILINE)
    for words in shown:
        found, rest = "iargus", words.split()
        while rest and hasattr(by_name[found], "commands"):
            name = rest.pop(0)
            if name.startswith("-") or "|" in name:
                break
            found = f"{found} {name}"
            assert found in by_name, f"iargus {words}"
        known = {option for parameter in by_name[found].params for option in parameter.opts} | {
            "--help"
        }
        for option in re.findall(r"(?<!\S)--[a-z-]+", " ".join(rest)):
            assert option in known, f"iargus {words}"


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_target_of_make_that_is_shown_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    shown = re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(shown) <= targets


def test_no_file_names_a_place_of_somebodys_machine() -> None:
    """Nor a registry host; what is written here must hold wherever it is cloned."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    pattern = re.compile(r"(?<![\w.])/(?:home|Users|root)/\w|https?://[^ \"'`]+/simple\b")
    for name in filter(None, listed):
        path = ROOT / name
        binary = path.suffix in {".pkl", ".png", ".npy", ".skops", ".xz"}
        if binary or not path.is_file() or path == Path(__file__):
            continue
        match = pattern.search(path.read_text(encoding="utf-8"))
        assert match is None, f"{name}: {match and match[0]}"

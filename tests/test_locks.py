"""The locks: exported from pyproject.toml, pinned, hashed, free of addresses, not stale."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.lock_digest import ROOT, dependencies, digest, group

# Each lock, and the dependency group that it is of; none for the project itself.
LOCKS = {
    "requirements.txt": "",
    "requirements-dev.txt": "",
    "requirements-audit.txt": "audit",
    "requirements-docs.txt": "docs",
}
ALL = sorted(
    str(path.relative_to(ROOT))
    for path in [*ROOT.glob("requirements*.txt"), *ROOT.glob("deploy/**/requirements*.txt")]
)


def pins(name: str) -> dict[str, list[str]]:
    """The pinned versions by package; more than one where versions of Python differ."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        match = re.match(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", line)
        if match:
            found.setdefault(canonicalize_name(match[1]), []).append(match[2])
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_of_the_dependencies_as_they_are_now(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert f"# dependencies sha256: {digest(LOCKS[name])}" in text, "stale: run `make lock`"


@pytest.mark.parametrize("name", LOCKS)
def test_every_dependency_is_pinned_to_a_version_that_is_allowed(name: str) -> None:
    listed = dependencies()
    wanted = listed[""] + (listed["dev"] if "dev" in name else [])
    if LOCKS[name]:
        wanted = group(LOCKS[name])
    pinned = pins(name)
    for text in wanted:
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate():
            continue
        versions = pinned[canonicalize_name(requirement.name)]
        assert all(version in requirement.specifier for version in versions), text


@pytest.mark.parametrize("name", ALL)
def test_every_requirement_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|--index-url|--extra-index-url|--find-links", text)
    joined = text.replace("\\\n", " ")
    requirements = [line for line in joined.splitlines() if line and not line.startswith("#")]
    assert requirements
    for line in requirements:
        assert re.match(r"[A-Za-z0-9._-]+(\[[^\]]*\])?==[^ ]", line), line
        assert re.search(r" --hash=sha256:[0-9a-f]{64}\b", line), line


def test_every_lock_of_the_project_is_exported() -> None:
    assert {name for name in ALL if "/" not in name} == set(LOCKS)
    script = (ROOT / "scripts" / "lock").read_text(encoding="utf-8")
    assert set(re.findall(r"^export_lock (\S+)", script, re.MULTILINE)) == set(LOCKS)


def test_the_tests_run_with_the_versions_that_are_served() -> None:
    served, tested = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: tested.get(name) for name in served} == served


def test_the_pipfile_names_nothing_twice() -> None:
    text = (ROOT / "Pipfile").read_text(encoding="utf-8")
    assert "[[source]]" not in text
    assert set(re.findall(r"^(\w+) = \{", text, flags=re.MULTILINE)) == {"iargus"}


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    blocks = re.findall(r"(?ms)^(?:dependencies|dev|audit|docs) = \[\n(.*?)^\]", text)
    assert len(blocks) == 4
    for line in "".join(blocks).splitlines():
        assert re.search(r"\",\s+# \S", line), line

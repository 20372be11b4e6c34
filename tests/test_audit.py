"""`make audit` never calls good what nobody could look at."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import audit

GOOD: dict[str, Any] = {"name": "good", "version": "1", "vulns": []}
WEAK: dict[str, Any] = GOOD | {
    "name": "weak",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2"]}],
}
UNKNOWN: dict[str, Any] = {"name": "unknown", "skip_reason": "not found"}


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is searched for programs before all others, and beside the interpreter."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    return tmp_path


def program(folder: Path, name: str, says: str, status: int = 0) -> None:
    (folder / f"{name}.out").write_text(says, encoding="utf-8")
    read = f'while read -r line; do echo "$line"; done < "{folder / name}.out"'
    (folder / name).write_text(f"#!/bin/sh\n{read}\nexit {status}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("packages", "status"),
    [
        ([GOOD], audit.FINE),
        ([GOOD, WEAK], audit.FOUND),
        ([GOOD, UNKNOWN], audit.NOT_DONE),
        ([WEAK, UNKNOWN], audit.FOUND),
        ([], audit.NOT_DONE),
    ],
)
def test_a_package_that_nobody_knows_is_not_a_good_one(
    programs: Path,
    packages: list[dict[str, Any]],
    status: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # pip-audit itself ends with 0 where it skipped everything.
    program(programs, "pip-audit", json.dumps({"dependencies": packages}) + "\n")
    assert audit.advisories() == status
    said = capsys.readouterr().out
    assert ("NOT AUDITED" in said) == (UNKNOWN in packages or not packages)
    assert ("weak 1: PYSEC-2026-1, mended in 2" in said) == (WEAK in packages)


def test_an_advisory_database_out_of_reach_is_no_audit(
    programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program(programs, "pip-audit", "", status=1)
    assert audit.main(["advisories"]) == audit.NOT_DONE
    assert "NOT AUDITED" in capsys.readouterr().out


def test_every_lock_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {lock.name for lock in audit.LOCKS} == {
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-audit.txt",
        "requirements-docs.txt",
    }
    assert any(lock.parent.name == "azure-function" for lock in audit.LOCKS)


@pytest.mark.parametrize(
    ("zizmor", "status"), [(0, audit.FINE), (1, audit.NOT_DONE), (13, audit.FOUND)]
)
def test_findings_are_told_from_failures(programs: Path, zizmor: int, status: int) -> None:
    program(programs, "zizmor", "said\n", status=zizmor)
    assert audit.main(["workflows"]) == status


@pytest.mark.parametrize(
    ("own", "gitleaks", "status"),
    [
        (0, 0, audit.FINE),
        (0, None, audit.NOT_DONE),
        (1, None, audit.FOUND),
        (1, 0, audit.FOUND),
        (0, 1, audit.FOUND),
        (0, 126, audit.NOT_DONE),
        (3, 0, audit.NOT_DONE),
    ],
)
def test_secrets_are_searched_by_both_or_it_is_said(
    programs: Path, own: int, gitleaks: int | None, status: int
) -> None:
    program(programs, "python", "said\n", status=own)
    if gitleaks is not None:
        program(programs, "gitleaks", "said\n", status=gitleaks)
    assert audit.main(["secrets"]) == status


def test_a_step_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(["everything"]) == 2
    assert "advisories, sbom, workflows, secrets" in capsys.readouterr().out

"""The list of `python -m bench.mutations` fits the source, and a verdict is what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench.mutations.areas import AREAS
from bench.mutations.guard import Guard, SnippetMissing
from bench.mutations.trial import Verdict, judged

ROOT = Path(__file__).parents[1]
GUARDS = [guard for guards in AREAS.values() for guard in guards]


def test_there_are_enough_and_each_has_its_own_name() -> None:
    assert len(GUARDS) >= 40
    assert all(AREAS.values())
    assert [
        name for name, times in Counter(guard.name for guard in GUARDS).items() if times > 1
    ] == []


def test_every_snippet_is_there_once_and_its_change_is_still_a_program(tmp_path: Path) -> None:
    for number, guard in enumerate(GUARDS):
        weakened = guard.weaken(ROOT)
        assert weakened != (ROOT / guard.file).read_text(encoding="utf-8"), guard.name
        (tmp_path / f"{number}.py").write_text(weakened, encoding="utf-8")
    # Syntax, and names that are nowhere.
    rules = ["--isolated", "--no-cache", "--select", "E9,F821,F823", "--target-version", "py311"]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *rules, str(tmp_path)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_every_named_test_is_there() -> None:
    for test in sorted({test for guard in GUARDS for test in guard.tests}):
        file, _, name = test.partition("::")
        source = (ROOT / file).read_text(encoding="utf-8")
        function = name.partition("[")[0]
        assert not name or re.search(rf"^(async )?def {function}\(", source, re.MULTILINE), test


def test_the_page_counts_the_guards_of_each_area() -> None:
    page = (ROOT / "docs" / "explanation" / "security.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| (\d+) \|$", page, re.MULTILINE)
    assert dict(rows) == {area: str(len(guards)) for area, guards in AREAS.items()} | {
        "all": str(len(GUARDS))
    }


def test_a_snippet_that_is_gone_or_twice_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\nx = 1\ny = 2\n")
    for old in ("z = 3", "x = 1"):
        with pytest.raises(SnippetMissing, match=r"a\.py"):
            Guard("g", "a.py", old, "pass", ("t",)).weaken(tmp_path)
    good = Guard("g", "a.py", "y = 2", "pass", ("t",))
    assert (good.weaken(tmp_path), good.line(tmp_path)) == ("x = 1\nx = 1\npass\n", 3)


@pytest.mark.parametrize(
    ("status", "output", "verdict", "proof"),
    [
        (1, "FAILED a.py::b[1] - assert 1 == 2\n", Verdict.KILLED, "a.py::b[1]"),
        (1, "FAILED a.py::b\n1 failed\n", Verdict.KILLED, "a.py::b"),
        (1, "FAILED a.py::b - NameError: name 'x'\n", Verdict.INVALID, "a.py::b"),
        (1, "ERROR a.py::b - OSError: no\n1 error\n", Verdict.INVALID, ""),
        (2, "ERROR a.py - SyntaxError\nInterrupted: 1 error\n", Verdict.INVALID, ""),
        (4, "ERROR: not found: a.py::b\n", Verdict.INVALID, ""),
        (5, "no tests ran\n", Verdict.INVALID, ""),
        (-9, "", Verdict.INVALID, ""),
        (0, "3 passed\n", Verdict.SURVIVED, ""),
        (None, "", Verdict.HANGS, ""),
    ],
)
def test_only_a_test_that_fails_is_a_proof(
    status: int | None, output: str, verdict: Verdict, proof: str
) -> None:
    assert judged(status, output)[:2] == (verdict, proof)

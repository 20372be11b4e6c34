"""A copy of the tree in which one guard at a time is missing while its tests run."""

from __future__ import annotations

import compileall
import json
import os
import py_compile
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bench.mutations.guard import Guard

_FAILED = re.compile(r"^FAILED (\S+?::[^\n]*?)(?: - (.*))?$", re.MULTILINE)
# The program was broken by the change, and not robbed of a guard.
_BROKEN = re.compile(r"\b(NameError|UnboundLocalError|SyntaxError|ImportError|ModuleNotFoundError)")


class Verdict(StrEnum):
    KILLED = "a test fails"
    HANGS = "a test hangs"
    SURVIVED = "SURVIVED"
    INVALID = "INVALID"


@dataclass(frozen=True)
class Outcome:
    """What became of a guard; `proof` is the test that fails, `reason` its last words or why there
    is no verdict."""

    guard: Guard
    verdict: Verdict
    proof: str
    reason: str
    duration_s: float

    @property
    def good(self) -> bool:
        return self.verdict in (Verdict.KILLED, Verdict.HANGS)


class Copy:
    """The files that git knows, or would take up, in a folder of their own."""

    def __init__(self, root: Path, folder: Path) -> None:
        """
        Raises:
            RuntimeError: Python would import the program from somewhere else.
        """
        self._tree, scratch = folder / "tree", folder / "tmp"
        scratch.mkdir(parents=True)
        for name in _files(root):
            place = self._tree / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, place)
        # By the hash of the source: a file of the same size and second is not taken for the one
        # before it.
        by_hash = py_compile.PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(self._tree / "iargus", quiet=2, invalidation_mode=by_hash)
        self._log = folder / "log"
        environ = {
            **os.environ,
            "PYTHONPATH": str(self._tree),
            "OMP_NUM_THREADS": "1",
            "TMPDIR": str(scratch),
            "COLUMNS": "400",
            # A test that is skipped proves nothing.
            "IARGUS_REQUIRE_SERVICES": "1",
        }
        where = [sys.executable, "-c", "import iargus; print(iargus.__file__)"]
        found = subprocess.run(
            where, cwd=self._tree, env=environ, capture_output=True, text=True, check=True
        ).stdout.strip()
        if not Path(found).is_relative_to(self._tree):
            raise RuntimeError(f"the copy in {self._tree} is shadowed by {found}")
        self._starter = subprocess.Popen(
            [sys.executable, "-m", "bench.mutations.starter"],
            cwd=self._tree,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._starter.stdout is not None
        if self._starter.stdout.readline() != "ready\n":
            raise RuntimeError("pytest cannot be started")

    def test(self, tests: Sequence[str], *, timeout_s: float) -> tuple[int | None, str]:
        """Run tests until one fails; give pytest's exit status, None where it hangs, and what it
        has printed."""
        assert self._starter.stdin is not None
        assert self._starter.stdout is not None
        order = {"tests": list(tests), "log": str(self._log), "timeout_s": timeout_s}
        self._starter.stdin.write(json.dumps(order) + "\n")
        self._starter.stdin.flush()
        status = json.loads(self._starter.stdout.readline())
        return status, self._log.read_text(encoding="utf-8", errors="replace")

    def try_without(self, guard: Guard, *, timeout_s: float) -> Outcome:
        """Take the guard away, run its tests, and put it back."""
        place = self._tree / guard.file
        whole, weakened = place.read_bytes(), guard.weaken(self._tree)
        began_s = time.monotonic()
        try:
            place.write_text(weakened, encoding="utf-8")
            status, output = self.test(guard.tests, timeout_s=timeout_s)
        finally:
            place.write_bytes(whole)
        return Outcome(guard, *judged(status, output), time.monotonic() - began_s)

    def close(self) -> None:
        """End the process that starts pytest."""
        self._starter.communicate()


def judged(status: int | None, output: str) -> tuple[Verdict, str, str]:
    """What an exit status of pytest and its words mean: the verdict, the test, the reason."""
    failed = _FAILED.search(output)
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "")
    if status is None:
        return Verdict.HANGS, "", last
    if status == 0:
        return Verdict.SURVIVED, "", last
    if status != 1 or failed is None:
        return Verdict.INVALID, "", f"pytest ends with {status}: {last}"
    reason = failed[2] or ""
    if _BROKEN.search(reason):
        return Verdict.INVALID, failed[1], f"the change breaks the program: {reason}"
    return Verdict.KILLED, failed[1], reason


def _files(root: Path) -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    # A file that was deleted and not yet committed is still in the list.
    return [name for name in listed.stdout.split("\0") if name and (root / name).is_file()]

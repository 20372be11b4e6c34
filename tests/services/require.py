"""Programs that the tests of real services need."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

# Debian keeps servers where an ordinary user's PATH does not look.
FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/libexec")


def require_program(name: str) -> Path:
    """The path of a program; without it the test is skipped with a printed reason, or fails
    where `IARGUS_REQUIRE_SERVICES=1` says that everything must be there."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *FOLDERS])
    found = shutil.which(name, path=path)
    if found is not None:
        return Path(found)
    reason = f"{name} is not installed, so the tests that need it do not run"
    if os.environ.get("IARGUS_REQUIRE_SERVICES") == "1":
        pytest.fail(reason, pytrace=False)
    print(reason)
    pytest.skip(reason)

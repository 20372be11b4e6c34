"""The digest of the dependencies, as the locks carry it: `python -m tests.lock_digest [GROUP]`."""

import hashlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def _pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def dependencies() -> dict[str, list[str]]:
    """The requirements by extra; the ones that always hold under the empty name."""
    project = _pyproject()["project"]
    return {"": project["dependencies"], **project["optional-dependencies"]}


def group(name: str) -> list[str]:
    """The requirements of a dependency group (PEP 735), which has a lock of its own."""
    found: list[str] = _pyproject()["dependency-groups"][name]
    return found


def digest(name: str = "") -> str:
    """SHA-256 in hex over the requirements of the project with its extras, or over a group's."""
    wanted = group(name) if name else dependencies()
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    print(digest(*sys.argv[1:]))

"""The digest of the dependencies, as the locks carry it: `python -m tests.lock_digest`."""

import hashlib
import json
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def dependencies() -> dict[str, list[str]]:
    """The requirements by extra; the ones that always hold under the empty name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"": project["dependencies"], **project["optional-dependencies"]}


def digest() -> str:
    """SHA-256 in hex over the requirements and the oldest Python."""
    return hashlib.sha256(json.dumps(dependencies(), sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    print(digest())

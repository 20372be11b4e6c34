"""A Redis of its own for each test: they kill it, and it starts in milliseconds."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.redis import Redis
from tests.services.require import require_program


@pytest.fixture
def redis() -> Iterator[Redis]:
    program = require_program("redis-server")
    # Not under tmp_path: the path of a Unix socket has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="rds"))
    server = Redis(program, folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)

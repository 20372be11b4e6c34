"""A MariaDB from its start to its end, in a folder that is gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.mariadb import MariaDB
from tests.services.require import require_program


@contextmanager
def own_mariadb() -> Iterator[MariaDB]:
    """Start one that nobody else uses, and end it with the block."""
    install, program = require_program("mariadb-install-db"), require_program("mariadbd")
    # Not under tmp_path: the path of a Unix socket has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="mdb"))
    server = MariaDB(folder, install=install, server=program)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)

"""Whether IArgus has recorded what it answered while `bench/serving` measured it.

A queue can swallow the rows of a few seconds and write them when nobody looks any more. So the
bench also says how many were in the database when the load ended, and how many in the end.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

_SETTLED_S, _PATIENCE_S = 0.6, 60.0


class Recorded:
    """Counts rows of `predictions` in IArgus's SQLite file, from another process."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._before = 0

    def begin(self) -> None:
        """Count from here, once nothing waits to be written any more."""
        self._before = self._settled()

    def shares(self, answered: int) -> dict[str, float]:
        """Of what was answered since, the shares that are recorded now, and in the end."""
        now, later = (count() - self._before for count in (self._count, self._settled))
        # Whoever was being answered when the load ended is recorded as well, and nobody counted.
        return {"recorded at once": min(now / answered, 1), "recorded": min(later / answered, 1)}

    def _settled(self) -> int:
        found, deadline = self._count(), time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            time.sleep(_SETTLED_S)
            before, found = found, self._count()
            if before == found:
                break
        return found

    def _count(self) -> int:
        connection = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=30)
        try:
            (count,) = connection.execute("SELECT COUNT(*) FROM predictions").fetchone()
        finally:
            connection.close()
        return int(count)

"""One line per event on stderr, and one line for an event that comes thousands of times."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable

REPEATED_AFTER_S = 10.0
_REMEMBERED = 256


class DuplicateFilter(logging.Filter):
    """Lets the same line through once in `interval_s`, and then says how often it was repeated.

    In an outage every request has the same to say; a log of that would fill the disk, and hide what
    else happens.
    """

    def __init__(
        self,
        interval_s: float = REPEATED_AFTER_S,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._interval_s = interval_s
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        # By line: when it was last let through, and how often it was held back since.
        self._lines: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record may pass."""
        if record.exc_info:
            return True
        line = f"{record.name} {record.levelno} {record.getMessage()}"
        now_s = self._monotonic_s()
        with self._lock:
            passed_s, held = self._lines.pop(line, (None, 0))
            if passed_s is not None and now_s - passed_s < self._interval_s:
                self._lines[line] = (passed_s, held + 1)
                return False
            # The one that was let through the longest ago makes room.
            if len(self._lines) >= _REMEMBERED:
                del self._lines[next(iter(self._lines))]
            self._lines[line] = (now_s, 0)
        if held:
            record.msg, record.args = f"{record.getMessage()} (and {held} times before)", ()
        return True


def configure_logging(level: str) -> None:
    """Log `level` and above to stderr; safe to call again."""
    logging.basicConfig(
        level=level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
        force=True,
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(DuplicateFilter())
    # The driver logs every connection at INFO.
    logging.getLogger("mysql.connector").setLevel(logging.WARNING)

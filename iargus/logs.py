"""One line per event on stderr."""

from __future__ import annotations

import logging
import sys


def configure_logging(level: str) -> None:
    """Log `level` and above to stderr; safe to call again."""
    logging.basicConfig(
        level=level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
        force=True,
    )
    # The driver tells of every connection at INFO.
    logging.getLogger("mysql.connector").setLevel(logging.WARNING)

"""The last known ring beside the service, for a start while the database is away.

It holds what the table holds, so nothing in it is of use without the secrets of the environment.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from iargus.atomic_write import OWNER_ONLY, staged
from iargus.auth.keys.row import KeyRow

logger = logging.getLogger(__name__)

_ROWS = TypeAdapter(list[KeyRow])


def load_rows(path: Path) -> list[KeyRow]:
    """The rows that were kept; none where there is no file, or one that cannot be read."""
    try:
        return _ROWS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, ValidationError) as error:
        logger.error("%s cannot be read and is left aside: %s", path, type(error).__name__)
        return []


def save_rows(path: Path, rows: Sequence[KeyRow]) -> None:
    """Keep the rows, for the owner's eyes only; a disk that is full is told of and no more."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with staged(path, mode=OWNER_ONLY) as file:
            file.write(_ROWS.dump_json(list(rows)))
    except OSError as error:
        logger.error("the key ring cannot be kept in %s: %s", path, error)

"""The list of revoked tokens on disk, for a worker that starts while the database is gone.

The file holds identifiers of tokens (`jti`) and the time at which they were read, nothing of a
person. It counts for as long as a list in memory would, by the wall clock: a file that is too
old, comes from the future, can be changed by others or cannot be read is no list, and then nobody
can say whether a token is good.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from iargus.clock import Clock

logger = logging.getLogger(__name__)

FORMAT = 1
# A list that does not change is written again so often within its greatest age.
REWRITES = 20


@dataclass(frozen=True)
class Kept:
    """What the file said: the revoked `jti`, and how old that is, in seconds."""

    revoked: frozenset[str]
    age_s: float


class RevocationFile:
    """One file for all workers of a host; each replaces it as a whole."""

    def __init__(self, path: Path, *, clock: Clock, max_age_s: float) -> None:
        self._path = path
        self._clock = clock
        self._max_age_s = max_age_s
        self._written: tuple[frozenset[str], float] | None = None
        self._failing = False

    def keep(self, revoked: frozenset[str], *, read_at_s: float) -> None:
        """Write the list, if it or its age has changed enough; a failure is logged once.

        `read_at_s` is the wall clock's time just before it was read, in seconds since 1970.
        """
        if self._written is not None:
            known, known_at_s = self._written
            age_s = read_at_s - known_at_s
            if known == revoked and 0 <= age_s < self._max_age_s / REWRITES:
                return
        try:
            self._write(revoked, read_at_s)
        except OSError as error:
            if not self._failing:
                logger.error("the revoked tokens cannot be kept on disk: %s", error)
            self._failing = True
        else:
            self._written = (revoked, read_at_s)
            self._failing = False

    def recall(self) -> Kept | None:
        """The list that was kept, or None when it does not count."""
        try:
            with self._path.open("rb") as file:
                if os.fstat(file.fileno()).st_mode & 0o077:
                    raise ValueError("others can read or change it")
                revoked, read_at_s = _parse(file.read())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            logger.error("%s cannot be used: %s", self._path, error)
            return None
        age_s = self._clock().timestamp() - read_at_s
        if not 0 <= age_s <= self._max_age_s:
            logger.error("%s is %.0f s old and does not count", self._path, age_s)
            return None
        return Kept(revoked, age_s)

    def _write(self, revoked: Iterable[str], read_at_s: float) -> None:
        document = {"format": FORMAT, "read_at": read_at_s, "revoked": sorted(revoked)}
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                json.dump(document, file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        finally:
            draft.unlink(missing_ok=True)


def _parse(content: bytes) -> tuple[frozenset[str], float]:
    document = json.loads(content)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError("it has another format")
    revoked, read_at_s = document.get("revoked"), document.get("read_at")
    if not isinstance(revoked, list) or not all(isinstance(jti, str) for jti in revoked):
        raise ValueError("it holds no list of tokens")
    if not isinstance(read_at_s, int | float) or isinstance(read_at_s, bool):
        raise ValueError("it does not say when it was read")
    return frozenset(revoked), float(read_at_s)

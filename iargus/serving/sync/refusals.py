"""Versions that were refused: told at once, and looked at again, ever more rarely."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from iargus.backoff import Backoff
from iargus.registry import ModelVersion

logger = logging.getLogger(__name__)

# Somebody may mend what was refused; what that changes in the tags counts at once.
_BACKOFF = Backoff(first_s=60, maximum_s=3600)


@dataclass(frozen=True)
class Refusal:
    """A version that does not get on to this host, and the one that serves instead, if any."""

    task: str
    version: str
    reason: str
    serving: str | None


OnRefusal = Callable[[Refusal], None]


@dataclass(frozen=True)
class _Known:
    reason: str
    until_s: float
    attempts: int


class Refusals:
    """Remembers what was refused, so that a poll costs nothing. `tell` is called for each time a
    version was looked at and refused; what it raises would end the process, so it must not."""

    def __init__(self, tell: OnRefusal, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._monotonic = monotonic
        self._known: dict[tuple[str, ...], _Known] = {}

    def reason(self, version: ModelVersion) -> str | None:
        """Why this version was refused a while ago; None when it is to be looked at."""
        known = self._known.get(_key(version))
        return known.reason if known and self._monotonic() < known.until_s else None

    def add(self, version: ModelVersion, reason: str, serving: str | None) -> None:
        """Log it, tell it, and leave the version alone for a while."""
        before = self._known.get(_key(version))
        attempts = before.attempts + 1 if before else 1
        until_s = self._monotonic() + _BACKOFF.after(attempts)
        self._known[_key(version)] = _Known(reason, until_s, attempts)
        stays = "nothing serves" if serving is None else f"version {serving} goes on serving"
        logger.error(
            "%s version %s is refused, %s: %s", version.task, version.version, stays, reason
        )
        self._tell(Refusal(version.task, version.version, reason, serving))

    def forget(self, version: ModelVersion) -> None:
        """It was good after all."""
        self._known.pop(_key(version), None)


def _key(version: ModelVersion) -> tuple[str, ...]:
    return (
        *(version.task, version.version, version.run_id),
        *(version.sha256, version.bundle_sha256, version.signature),
    )

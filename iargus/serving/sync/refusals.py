"""Versions that were refused: told at once, and looked at again, ever more rarely."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from iargus.registry import ModelVersion

logger = logging.getLogger(__name__)

# Somebody may mend what was refused; what that changes in the tags counts at once.
_FIRST_PAUSE_S = 60.0
_LONGEST_PAUSE_S = 3600.0


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
    pause_s: float


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
        pause_s = min(2 * before.pause_s, _LONGEST_PAUSE_S) if before else _FIRST_PAUSE_S
        self._known[_key(version)] = _Known(reason, self._monotonic() + pause_s, pause_s)
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

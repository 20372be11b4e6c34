"""The files of all processes of a host: who lives, what they count, and what the dead left."""

from __future__ import annotations

import fcntl
import logging
import mmap
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iargus.metrics.cells import SUFFIX, UNFINISHED, Key, series
from iargus.metrics.totals import DeadWorkerTotals, Totals

logger = logging.getLogger(__name__)

_STALE_S = 3600


class HostFiles:
    """The folder `var/metrics`. Any process may read and fold it; they take turns."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def totals(self) -> Totals:
        """Add up what all processes count. The dead are folded into one file on the way.

        Raises:
            OSError: what others count cannot be read.
        """
        with self._turn() as may_write:
            folded = DeadWorkerTotals.read(self._folder)
            alive, dead = self._files(folded)
            if dead and may_write:
                folded = self._fold(folded, dead)
            totals = Totals()
            totals.add(folded.series, alive=False)
            for path in dead:
                if path.name not in folded.sources:
                    totals.add(_read(path), alive=False)
            for path in alive:
                totals.add(_read(path), alive=True)
        return totals

    def _files(self, folded: DeadWorkerTotals) -> tuple[list[Path], list[Path]]:
        alive: list[Path] = []
        dead: list[Path] = []
        for path in sorted(self._folder.iterdir()):
            if path.suffix == UNFINISHED:
                # Its process was killed between two lines.
                if _is_free(path) and _age_s(path) > _STALE_S:
                    path.unlink(missing_ok=True)
            elif path.suffix == SUFFIX:
                (dead if path.name in folded.sources or _is_free(path) else alive).append(path)
        return alive, dead

    def _fold(self, folded: DeadWorkerTotals, dead: list[Path]) -> DeadWorkerTotals:
        """Add the dead to what was folded before and remove them.

        Cut off at any point, nothing is lost or counted twice: the new sum names the files that
        it holds and replaces the old one at once; only then they go.
        """
        new = folded.with_files({path.name: _read(path) for path in dead})
        try:
            new.write(self._folder)
            for path in dead:
                path.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("metrics of processes that ended stay in their files: %s", error)
            return DeadWorkerTotals.read(self._folder)
        return new

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """Wait for the others; tell whether the folder can be written to."""
        try:
            descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            # Nobody else can write here either, so there is nothing to wait for.
            yield False
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield True
        finally:
            os.close(descriptor)


def _is_free(path: Path) -> bool:
    """Whether the process that the file belongs to is dead."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _read(path: Path) -> list[tuple[Key, list[float]]]:
    try:
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
            memoryview(mapped) as memory,
        ):
            return list(series(memory))
    except ValueError as error:
        logger.warning("the metrics in %s are not counted: %s", path.name, error)
        return []


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0

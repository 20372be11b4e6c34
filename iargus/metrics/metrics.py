"""What the parts of a process call when something has happened."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from iargus.metrics import families
from iargus.metrics.cells import Cells
from iargus.metrics.families import Family
from iargus.metrics.host import HostFiles
from iargus.metrics.series import Requests, Route, Series

if TYPE_CHECKING:
    from iargus.metrics.exposition import Exposition

logger = logging.getLogger(__name__)

# Who decides about a request: the host, a worker that shares nothing with the others, or Redis.
Backend = Literal["host", "worker", "redis"]
BACKENDS: tuple[Backend, ...] = ("host", "worker", "redis")


class Metrics:
    """Counts in memory until `start`, from then on where the other processes of the host see it.

    What counts may be called from any thread, raises nothing, and does not wait for the disk.
    `start` and `stop` belong to the process's life; `scrape` and `compact_files` read files.
    """

    def __init__(self, folder: Path, *, process: Literal["worker", "sync"] = "worker") -> None:
        self._folder = folder
        self._process = process
        self._routes: dict[str, Route] = {}
        self._expected: list[tuple[Family, str]] = []
        self._begin(Cells.in_memory())

    def expect(
        self,
        *,
        routes: Mapping[str, Route],
        tasks: Collection[str] = (),
        token_labels: Collection[str] = (),
    ) -> None:
        """Name the values of labels before `start`, so that their series are there, as 0, before
        the first event. A path that is not among `routes` is counted as route `unknown`."""
        self._routes = dict(routes)
        self._expected = [(families.REFUSED_BUNDLES, task) for task in tasks]
        self._expected += [(families.TOKENS_REJECTED, label) for label in token_labels]

    def start(self) -> None:
        """Count where others see it. On a disk that is full or cannot be written to, this
        process's numbers stay its own, the log says so, and everything else goes on."""
        try:
            self._begin(Cells.create(self._folder, self._process))
        except OSError as error:
            logger.error("the metrics of this process are off: %s", error)
            self._begin(Cells.in_memory())

    def stop(self) -> None:
        """Leave what was counted to others."""
        counted = self._series
        self._begin(Cells.in_memory())
        counted.close()

    def _begin(self, cells: Cells) -> None:
        self._series = Series(cells)
        self._requests = Requests(self._series, self._routes)
        for family, label in self._expected:
            self._series.place(family, label)

    def scrape(self, accept: str = "") -> Exposition:
        """What all processes of the host count, written as the header `Accept` prefers.

        Raises:
            OSError: what others count cannot be read.
        """
        # Imported at the first scrape: a worker starts sooner without it.
        from iargus.metrics.exposition import expose

        totals = HostFiles(self._folder).totals()
        return expose(totals, now_s=time.time(), accept=accept)

    def compact_files(self) -> None:
        """Fold what processes that are dead have left, so that their files do not pile up where
        nobody scrapes."""
        try:
            HostFiles(self._folder).totals()
        except OSError as error:
            logger.debug("nothing to fold: %s", error)

    def answered(self, path: str, method: str, status: int | str, duration_s: float) -> None:
        """Count a request once its answer is on its way, or as `DISCONNECTED` without one."""
        self._requests.answered(path, method, status, duration_s)

    def count(self, family: Family, *labels: str, number: int = 1) -> None:
        """Add to a counter."""
        series = self._series
        series.add(series.place(family, *labels), number)

    def decisions(self, limiters: Collection[str]) -> Callable[[str, Backend, bool], None]:
        """What is called with each decision of one of `limiters`: its name, who decided, whether
        the request may pass. To be asked for between `start` and `stop`, and good for as long."""
        series = self._series
        words = {True: "allowed", False: "limited"}
        places = {
            (name, by, allowed): series.place(families.LIMITER, name, by, word)
            for name in limiters
            for by in BACKENDS
            for allowed, word in words.items()
        }

        def decided(name: str, by: Backend, allowed: bool) -> None:
            series.add(places[name, by, allowed])

        return decided

    def set(self, family: Family, *labels: str, value: float) -> None:
        """Set a gauge, or a counter that another part counts; of an age, its timestamp in seconds
        since 1970. For one thread per family."""
        series = self._series
        series.set(series.place(family, *labels), value)

    @property
    def worker(self) -> str:
        """The label of this worker: the number of its process."""
        return str(os.getpid())

"""Work beside the requests: a thread that is started, and ended by asking it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod


class Background(ABC):
    """A daemon thread around `run`, which returns soon after `stopped` is set."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._thread: threading.Thread | None = None
        self.stopped = threading.Event()

    @abstractmethod
    def run(self) -> None:
        """The work, until `self.stopped` is set."""

    def start(self) -> None:
        """Start the thread; after a `stop` it may be started again."""
        self.stopped.clear()
        self._thread = threading.Thread(target=self.run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self, *, timeout_s: float | None = None) -> None:
        """Ask the thread to end, and wait for it, for ever or for `timeout_s`."""
        self.stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=timeout_s)
            self._thread = None

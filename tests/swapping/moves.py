"""What happens to champions while requests come, and how long it takes to be everywhere."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.gunicorn import Gunicorn
from tests.swapping.client import Load
from tests.swapping.world import World, wait_for

# At 500 requests a second, each of a few workers has answered many times in this time.
_QUIET_S = 0.5


@dataclass
class Moves:
    """`took_s` are the seconds from when a move of an alias was done to the sending of the last
    request that another version answered."""

    world: World
    server: Gunicorn
    load: Load
    took_s: list[float] = field(default_factory=list)
    at: dict[str, int] = field(default_factory=dict)

    def promote(self, task: str) -> None:
        """Make the next good version champion, and wait until nobody answers with another."""
        good = self.world.good[task]
        self.at[task] = (self.at.get(task, 0) + 1) % len(good)
        self.world.registry.promote(task, good[self.at[task]])
        self._everywhere(task, good[self.at[task]])

    def roll_back(self, task: str) -> None:
        number = self.world.registry.rollback(task).version
        self.at[task] = self.world.good[task].index(number)
        self._everywhere(task, number)

    def reload(self) -> None:
        """HUP, and wait until other workers have taken the place of those there were."""
        before = set(children(self.server.process.pid))
        self.server.process.send_signal(signal.SIGHUP)

        def replaced() -> bool:
            now = set(children(self.server.process.pid))
            return bool(now) and not now & before

        wait_for(replaced, "other workers")

    def poison(self, kind: str) -> None:
        """Name a bad version champion, wait until it is refused, and name the good one again."""
        number = self.world.poisoned[kind]
        told = f"car_price version {number} is refused"
        self.world.poison(number)
        wait_for(lambda: told in self.server.log.read_text(), f"{kind} is refused")
        good = self.world.good["car_price"][self.at.get("car_price", 0)]
        self.world.poison(good)

    def _everywhere(self, task: str, version: str) -> None:
        since_s = time.monotonic()

        def last_other() -> float:
            seen = dict(self.load.seen.last).items()
            return max((at for key, at in seen if key[0] == task and key[1] != version), default=0)

        def quiet() -> bool:
            newest = self.load.seen.last.get((task, version), 0.0)
            return newest > since_s and newest - max(last_other(), since_s) > _QUIET_S

        wait_for(quiet, f"{task} version {version} everywhere")
        self.took_s.append(max(0.0, last_other() - since_s))


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in tasks for child in path.read_text().split()]


def memory_mb(pid: int) -> float:
    """What a process keeps in memory for itself and what it shares, in megabytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

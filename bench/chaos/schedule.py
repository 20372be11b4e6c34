"""Schedules of faults: which, when and for how long, all from a seed and a number."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.chaos.history import History, Window
from bench.chaos.world import ChaosWorld
from tests.outages.databases import NAMES

REGISTRY = ("refused", "frozen", "reset", "slow", "half_open")
PROCESS = ("worker killed", "reload", "promotion")
# The last part of a schedule is for the recovery, under load as before.
QUIET_S = 1.0


@dataclass(frozen=True)
class Planned:
    """A fault that begins `at_s` after the load and lasts `for_s` seconds."""

    fault: str
    at_s: float
    for_s: float


def plan(seed: int, number: int, seconds: float) -> list[Planned]:
    """The faults of one schedule, in order; faults of one server never overlap."""
    chance = random.Random(f"{seed}-{number}")
    faults: list[Planned] = []
    for server, names, likely in (("database", NAMES, 0.9), ("registry", REGISTRY, 0.5)):
        at_s = 0.0
        while chance.random() < likely:
            at_s += chance.uniform(0.1, seconds / 3)
            for_s = chance.uniform(0.05, seconds / 3)
            if at_s + for_s > seconds - QUIET_S:
                break
            faults.append(Planned(f"{server} {chance.choice(names)}", at_s, for_s))
            at_s += for_s
    for _ in range(chance.choice((0, 1, 1, 2))):
        at_s = chance.uniform(0.2, seconds - QUIET_S)
        faults.append(Planned(chance.choice(PROCESS), at_s, 0.0))
    return sorted(faults, key=lambda fault: fault.at_s)


def play(faults: Sequence[Planned], world: ChaosWorld, history: History, began_s: float) -> None:
    """Do what is planned, at its time, and write down when it really was."""
    steps: list[tuple[float, Callable[[], None]]] = []
    begun: dict[Planned, float] = {}

    def begin(fault: Planned) -> None:
        begun[fault] = time.monotonic()
        _begin(fault.fault, world)

    def end(fault: Planned) -> None:
        # A window that ended before its end was written down would accuse the service.
        _end(fault.fault, world)
        history.windows.append(Window(fault.fault, begun[fault], time.monotonic()))

    for fault in faults:
        steps.append((fault.at_s, lambda fault=fault: begin(fault)))  # type: ignore[misc]
        steps.append((fault.at_s + fault.for_s, lambda fault=fault: end(fault)))  # type: ignore[misc]
    for at_s, step in sorted(steps, key=lambda item: item[0]):
        time.sleep(max(0.0, began_s + at_s - time.monotonic()))
        step()


def _begin(name: str, world: ChaosWorld) -> None:
    server, _, fault = name.partition(" ")
    if server == "database":
        world.service.database.begin(fault)
    elif server == "registry":
        world.break_registry(fault)
    elif name == "worker killed":
        workers = world.service.workers()
        if workers:
            os.kill(workers[0], signal.SIGKILL)
    elif name == "reload":
        world.service.server.process.send_signal(signal.SIGHUP)
    else:
        world.promote()


def _end(name: str, world: ChaosWorld) -> None:
    server, _, _ = name.partition(" ")
    if server == "database":
        world.service.database.end()
    elif server == "registry":
        world.mend_registry()
    elif name in ("worker killed", "reload"):
        world.wait_for_workers()

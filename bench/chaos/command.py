"""Faults at random under load, and a check of everything that was answered meanwhile.

    python -m bench.chaos --schedules 200 --seed 1 --seconds 6
    python -m bench.chaos --seed 1 --only 37

Real gunicorn, MariaDB and `mlflow server`. A schedule is made from the seed and its number: the
database and the registry fail in every way of `tests/outages`, workers are killed and reloaded,
champions change. `bench/chaos/rules.py` says what must hold. Exit status 1 when it did not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence

from bench.chaos.history import History, Row
from bench.chaos.load import Client
from bench.chaos.rules import Broken, broken
from bench.chaos.schedule import Planned, plan, play
from bench.chaos.windows import Promises
from bench.chaos.world import ChaosWorld, chaos_world, wait_until_healthy
from tests.outages.world import World

CLIENTS = 6
SHOWN = 10


def run_schedule(
    world: ChaosWorld, faults: Sequence[Planned], *, seed: str, seconds: float
) -> History:
    """Play one schedule under load, wait until all is well, and read what was recorded."""
    history = History()
    world.service.rows("DELETE FROM iargus_api.predictions")
    world.remember_workers()
    written = len(world.service.log())
    began_s = time.monotonic()
    asyncio.run(_load(world, faults, history, seed, began_s, seconds))
    wait_until_healthy(world)
    _wait_until_written(world, history)
    history.log = world.service.log()[written:]
    return history


async def _load(
    world: ChaosWorld,
    faults: Sequence[Planned],
    history: History,
    seed: str,
    began_s: float,
    seconds: float,
) -> None:
    url = world.service.server.url
    clients = [Client(url, history, f"{seed}-{number}") for number in range(CLIENTS)]
    await asyncio.gather(
        *(client.run(began_s + seconds) for client in clients),
        asyncio.to_thread(play, faults, world, history, began_s),
    )


def _wait_until_written(world: ChaosWorld, history: History) -> None:
    """Until every answer has its row, or no row has come for a second."""
    answered = {event.prediction_id for event in history.events if event.prediction_id}
    came_s = time.monotonic()
    while True:
        rows = read_rows(world.service)
        if len(rows) > len(history.rows):
            came_s = time.monotonic()
        history.rows = rows
        missing = answered - {row.prediction_id for row in rows}
        if not missing or time.monotonic() - came_s > 1.5:
            return
        time.sleep(0.1)


def read_rows(service: World) -> list[Row]:
    """The predictions that are recorded, and the requests that they say they belong to."""
    found = service.rows("SELECT prediction_id, payload FROM iargus_api.predictions")
    return [Row(str(number), _asked(json.loads(payload))) for number, payload in found]


def _asked(payload: dict[str, object]) -> int:
    if "mileage" in payload:
        return round(float(str(payload["mileage"])))
    return int(str(payload["text"]).rpartition(" ")[2])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--schedules", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=6.0, help="of load in each schedule")
    parser.add_argument("--only", type=int, help="this one schedule alone")
    options = parser.parse_args()
    numbers = range(options.schedules) if options.only is None else [options.only]
    bad, requests, faults_seen = [], 0, Counter[str]()
    statuses = Counter[str]()
    refused_s: list[float] = []
    with chaos_world() as world:
        for number in numbers:
            faults = plan(options.seed, number, options.seconds)
            history = run_schedule(
                world, faults, seed=f"{options.seed}-{number}", seconds=options.seconds
            )
            found = broken(history, Promises())
            requests += len(history.events)
            faults_seen.update(window.fault for window in history.windows)
            statuses.update(
                f"{event.route} {event.status or event.error}" for event in history.events
            )
            refused_s += [
                event.ended_s - event.began_s for event in history.events if event.status == 503
            ]
            _tell(number, history, found)
            if found:
                bad.append(number)
    print(f"\n{len(numbers)} schedules, {requests:,} requests, {len(bad)} with a broken promise")
    for counted in (faults_seen, statuses):
        print("  " + ", ".join(f"{name}: {count:,}" for name, count in sorted(counted.items())))
    if refused_s:
        refused_s.sort()
        shares = {share: refused_s[int(share * (len(refused_s) - 1))] for share in (0.5, 0.99, 1)}
        told = ", ".join(f"{share:.0%} within {s * 1000:.0f} ms" for share, s in shares.items())
        print(f"  {len(refused_s):,} answers 503: {told}")
    if bad:
        again = " ".join(f"--only {number}" for number in bad)
        print(f"again: python -m bench.chaos --seed {options.seed} {again}")
    sys.exit(1 if bad else 0)


def _tell(number: int, history: History, found: Sequence[Broken]) -> None:
    faults = ", ".join(window.fault for window in history.windows) or "none"
    state = "kept" if not found else f"{len(found)} BROKEN"
    print(f"{number:4}  {len(history.events):6,} requests  {state:<10}  {faults}", flush=True)
    for window in history.windows if found else ():
        print(f"      {window}")
    for one in found[:SHOWN]:
        print(f"      {one.rule}: {one.what}")

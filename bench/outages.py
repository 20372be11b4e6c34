"""How the service behaves in each outage of its database, second by second.

    python -m bench.outages --minutes 10
    python -m bench.outages --minutes 1 --fault frozen --fault half_open

Real gunicorn with two workers and MariaDB behind a proxy. For each fault: the statuses of every
route meanwhile, how soon 503 is said, how soon everything works again, and whether every
prediction that was given is recorded. Exit status 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.chaos.command import read_rows
from bench.chaos.history import History, Window
from bench.chaos.load import Client
from bench.chaos.rules import Broken, broken
from bench.chaos.windows import RECOVERY_S, Promises
from tests.outages.databases import NAMES
from tests.outages.world import World, world
from tests.services.gunicorn import ROOT

CLIENTS = 4
AFTERWARDS_S = 6.0
WRITTEN_WITHIN_S = 120.0


@dataclass
class Outage:
    """What one fault did."""

    fault: str
    minutes: float
    history: History = field(default_factory=History)
    recovered_s: float = 0.0
    written_s: float = 0.0

    @property
    def refused_ms(self) -> list[float]:
        """How long each answer took that was 503, in ascending order."""
        return sorted(
            1000 * (event.ended_s - event.began_s)
            for event in self.history.events
            if event.status == 503
        )


def suffer(service: World, fault: str, minutes: float) -> Outage:
    """Load before, during and after the fault."""
    outage = Outage(fault, minutes)
    service.rows("DELETE FROM iargus_api.predictions")
    asyncio.run(_under_load(service, outage))
    return outage


async def _under_load(service: World, outage: Outage) -> None:
    until_s = time.monotonic() + 2.0 + 60 * outage.minutes + AFTERWARDS_S
    clients = [
        Client(service.server.url, outage.history, f"{outage.fault}-{number}")
        for number in range(CLIENTS)
    ]
    await asyncio.gather(
        *(client.run(until_s) for client in clients), asyncio.to_thread(_play, service, outage)
    )


def _play(service: World, outage: Outage) -> None:
    time.sleep(2.0)
    began_s = time.monotonic()
    service.database.begin(outage.fault)
    time.sleep(60 * outage.minutes)
    service.database.end()
    back_s = time.monotonic()
    outage.history.windows.append(Window(f"database {outage.fault}", began_s, back_s))
    given = {e.prediction_id for e in outage.history.events if e.prediction_id}
    while given - {row.prediction_id for row in read_rows(service)}:
        if time.monotonic() > back_s + WRITTEN_WITHIN_S:
            break
        time.sleep(0.1)
    outage.written_s = time.monotonic() - back_s


def judge(outage: Outage) -> list[Broken]:
    """The rules of the chaos bench, and the time of the recovery."""
    (window,) = outage.history.windows
    # A connection stays with its worker: the last of the first tokens says when all are well.
    # A single late answer of a busy machine, later on, is no outage.
    first: dict[int | None, float] = {}
    for event in outage.history.events:
        if event.route == "/get_token" and event.status == 200 and event.began_s > window.ended_s:
            first.setdefault(event.connection, event.ended_s - window.ended_s)
    outage.recovered_s = max(first.values(), default=float("inf"))
    found = broken(outage.history, Promises())
    if outage.recovered_s > RECOVERY_S:
        found.append(Broken("recovery", f"{outage.recovered_s:.1f} s after the outage"))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="of each outage")
    parser.add_argument("--fault", action="append", choices=NAMES, help="this one alone")
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory(prefix="outages-") as name:
        folder = Path(name)
        prepared = folder / "prepared"
        subprocess.run(
            [sys.executable, "setup_tests.py"],
            cwd=ROOT,
            env=os.environ | {"IARGUS_VAR": str(prepared)},
            check=True,
            capture_output=True,
        )
        shutil.copytree(prepared, folder / "var")
        # Nothing shall be dropped, so that everything that is missing is a fault.
        policy = {"recording": {"queue_rows": 1_000_000}}
        with world(folder, folder / "var", policy=policy) as service:
            for fault in options.fault or NAMES:
                outage = suffer(service, fault, options.minutes)
                time.sleep(1.0)
                outage.history.rows = read_rows(service)
                found = judge(outage)
                tell(outage, found)
                failed = failed or bool(found)
    sys.exit(1 if failed else 0)


def tell(outage: Outage, found: Sequence[Broken]) -> None:
    refused = outage.refused_ms
    counts = Counter(f"{e.route} {e.status or e.error}" for e in outage.history.events)
    print(f"{outage.fault}, {outage.minutes:g} min: {len(outage.history.events):,} requests")
    print("  " + ", ".join(f"{name}: {count:,}" for name, count in sorted(counts.items())))
    if refused:
        half, most = refused[len(refused) // 2], refused[int(0.99 * (len(refused) - 1))]
        print(f"  503 after: median {half:.0f}, 99 % {most:.0f}, longest {refused[-1]:.0f} ms")
    print(
        f"  after its end: tokens from every worker {outage.recovered_s:.1f} s, every prediction "
        f"written {outage.written_s:.1f} s"
    )
    for one in found[:10]:
        print(f"  BROKEN {one.rule}: {one.what[:300]}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

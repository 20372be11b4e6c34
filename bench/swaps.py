"""Champions that change under load: does a request fail, is an answer wrong, how long does it take?

`python -m bench.swaps --work DIR` starts an MLflow server, registers good and bad versions of both
tasks, and serves them with gunicorn, its workers and its sync process, while a client asks
`/predict` and `/intent` at a fixed rate and holds each answer against the estimator of the version
that it names. First only promotions, around which the memory of the workers is read; then
rollbacks, HUP reloads of gunicorn, each with a promotion beside it, and poisoned versions.

The seconds of a move are those from when promotion or rollback was done to the sending of the last
request that another version answered. They depend on `registry.poll_interval_s`, which has its
default.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import threading
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from tests.services.mlflow_server import MlflowServer
from tests.swapping.client import Load
from tests.swapping.moves import Moves, children, memory_mb
from tests.swapping.world import World, make_world, serving

KINDS = 18
TASKS = ("car_price", "intent")
WARM_UP = 6  # promotions before memory is read: each version has then been loaded


def measure(world: World, folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    with serving(world, folder, workers=given.workers) as server:
        token = world.token(server.url)
        with Load(server.port, token, world.questions, rate=given.rate) as load:
            moves = Moves(world, server, load)
            tasks = cycle(TASKS)
            for task in islice(tasks, WARM_UP):
                moves.promote(task)
            workers = children(server.process.pid)
            before = [memory_mb(worker) for worker in workers]
            for task in islice(tasks, given.promotions - WARM_UP):
                moves.promote(task)
            after = [memory_mb(worker) for worker in workers]
            promoted_s = list(moves.took_s)
            for task in islice(tasks, given.rollbacks):
                moves.roll_back(task)
            rolled_back_s = moves.took_s[len(promoted_s) :]
            for task in islice(tasks, given.reloads):
                reload = threading.Thread(target=moves.reload)
                reload.start()
                moves.promote(task)
                reload.join()
            for kind in islice(cycle(world.poisoned), given.poisoned):
                moves.poison(kind)
    served = {version for task, version in load.seen.last if task == "car_price"}
    return {
        "answered": load.seen.answered,
        "failed": dict(load.seen.failed),
        "wrong": load.seen.wrong[:10],
        "poisoned_answers": sorted(served & set(world.poisoned.values())),
        "slowest_s": round(load.seen.slowest_s, 3),
        "promotion_s": summary(promoted_s),
        "rollback_s": summary(rolled_back_s),
        "promotion_beside_reload_s": summary(moves.took_s[len(promoted_s) + given.rollbacks :]),
        "workers_mb_before": [round(each, 1) for each in before],
        "workers_mb_after": [round(each, 1) for each in after],
    }


def summary(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {"n": 0}
    return {
        "n": len(seconds),
        "median": round(statistics.median(seconds), 2),
        "max": round(max(seconds), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, help="where everything is put; a temporary folder")
    parser.add_argument("--rate", type=float, default=500.0, help="requests a second")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--promotions", type=int, default=50)
    parser.add_argument("--rollbacks", type=int, default=10)
    parser.add_argument("--reloads", type=int, default=10)
    parser.add_argument("--poisoned", type=int, default=20)
    given = parser.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="iargus-swaps-"))
    work.mkdir(parents=True, exist_ok=True)
    mlflow = MlflowServer(work / "mlflow")
    mlflow.start()
    try:
        world = make_world(mlflow.url, work, versions=3, kinds=KINDS)
        print(json.dumps(measure(world, work, given), indent=1))
    finally:
        mlflow.stop()
        if given.work is None:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()

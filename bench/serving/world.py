"""What IArgus needs to serve in `bench/serving`: its folder, a policy, a token, right answers.

The folder is prepared once and kept under `--work`; every start finds its databases as they were
then, so that the last round does not write into a longer table than the first.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.serving.bodies import cars
from bench.serving.environment import environment

ROOT = Path(__file__).parents[2]
CHECKED_CARS = 20
# High enough not to be met, and still looked up and counted for every request.
LIMITS = {
    "enabled": True,
    "requests_per_minute": 10**9,
    "address_requests_per_minute": 10**9,
    "tokens_per_hour": 10**6,
}


@dataclass(frozen=True)
class World:
    """A prepared installation; `expected` are cars with the price that the estimator gives."""

    work: Path
    expected: list[tuple[dict[str, Any], float]]

    @property
    def environ(self) -> dict[str, str]:
        return {
            "IARGUS_VAR": str(self.work / "var"),
            "IARGUS_CONFIG": str(self.work / "config.yml"),
        }

    @property
    def database(self) -> Path:
        return self.work / "var" / "iargus_api.db"

    def as_it_was(self) -> None:
        """Put the database of tokens and predictions back to what it was before any load."""
        before = self.work / "iargus_api.before.db"
        if not before.exists():
            return
        for kind in ("-wal", "-shm"):
            self.database.with_name(self.database.name + kind).unlink(missing_ok=True)
        shutil.copyfile(before, self.database)

    def keep(self) -> None:
        """From now on `as_it_was` means as it is now; nobody may be writing."""
        shutil.copyfile(self.database, self.work / "iargus_api.before.db")


def prepare(work: Path, tell: Callable[[str], None]) -> World:
    """`iargus setup` and the champion's file for the peers, where they are not there yet."""
    policy = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8")) or {}
    policy["limits"] = {**policy.get("limits", {}), **LIMITS}
    (work / "config.yml").write_text(yaml.safe_dump(policy), encoding="utf-8")
    world = World(work, [])
    environ = environment({**world.environ, "PYTHONPATH": str(ROOT)})
    tell("iargus setup: trains the first champions, two minutes where it has not been done")
    subprocess.run([sys.executable, "-m", "iargus", "setup"], cwd=ROOT, env=environ, check=True)
    asked = cars(CHECKED_CARS, seed=0)
    tell("the champion's own answers")
    said = subprocess.run(
        [sys.executable, "-m", "bench.serving.champion", str(work)],
        input=json.dumps(asked),
        cwd=ROOT,
        env=environ,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    prices = json.loads(said.splitlines()[-1])
    return World(work, list(zip(asked, prices, strict=True)))

"""Writes the champion of car_price for the peers of `bench/serving`, and gives its answers.

`python -m bench.serving.champion FOLDER` writes it twice, with the price alone as its prediction
and with the interval too, then reads a JSON list of cars and prints their prices. It is a process
of its own, for it imports scikit-learn and MLflow.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import joblib

import iargus.threads  # noqa: F401 - before scikit-learn is imported
from bench.peers.with_interval import WithInterval
from bench.serving.peers import INTERVAL, PRICE
from iargus.registry import Registry, artefact
from iargus.settings import Settings
from iargus.tasks.catalogue import Catalogue

TASK = "car_price"


def main(peers: str) -> None:
    settings = Settings.read(os.environ)
    task = Catalogue.read(settings.policy).get(TASK)
    registry = Registry.connect(settings)
    version = registry.resolve(TASK, "champion")
    if version is None:
        raise SystemExit(f"{TASK} has no champion")
    with tempfile.TemporaryDirectory() as folder:
        path = registry.fetch(version, Path(folder))
        champion = artefact.load(path, sha256=version.sha256, trusted_types=task.trusted_types)
    joblib.dump(champion, Path(peers) / PRICE)
    joblib.dump(WithInterval(champion), Path(peers) / INTERVAL)
    table = task.frame(json.load(sys.stdin))
    print(json.dumps([float(price) for price in champion.predict(table)]))


if __name__ == "__main__":
    main(sys.argv[1])

"""Scores labelled rows in a stream and reports after every chunk; started by `bench/scoring`."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import iargus.threads  # noqa: F401 - before scikit-learn is imported
from iargus.registry import artefact
from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.labelled.store import LabelledStore
from iargus.tasks.catalogue import Catalogue
from iargus.training.evaluate import evaluate


def peak_mb() -> float:
    """The most memory that this process has had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # What `getrusage` gives is not less than the parent had.
        line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def score(call: dict[str, str]) -> None:
    """Score from `call["start"]` on; the clock runs from the first query to the last row."""
    task = Catalogue.read(Policy()).get(call["task"])
    champion = artefact.load(
        Path(call["model"]), sha256=call["sha256"], trusted_types=task.trusted_types
    )
    database = Database.connect(LABELLED, Settings(Environment.read(os.environ), Policy()))
    chunks = LabelledStore(task, database).chunks(start=datetime.fromisoformat(call["start"]))
    rows, error, reading, scoring = 0, 0.0, 0.0, 0.0
    began, cpu = time.perf_counter(), time.process_time()
    while True:
        asked = time.perf_counter()
        chunk = next(chunks, None)
        read = time.perf_counter()
        reading += read - asked
        if chunk is None:
            break
        error += float(evaluate(task, champion, chunk).errors.sum())
        rows += len(chunk)
        scoring += time.perf_counter() - read
        report: dict[str, Any] = {"rows": rows, task.metric: error / rows}
        print(json.dumps(report), flush=True)
    seconds = time.perf_counter() - began
    figures = {
        "seconds": seconds,
        "cpu": time.process_time() - cpu,
        "reading": reading,
        "scoring": scoring,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(report | figures), flush=True)
    database.dispose()


if __name__ == "__main__":
    score(json.loads(sys.argv[1]))

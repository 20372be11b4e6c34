"""What is asked in `bench/serving`: cars and sentences of which no two are equal.

A server that remembers its answers must gain nothing, so a run never asks the same thing twice.
Only the standard library is imported: the process that puts load on a server stays small.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Body = dict[str, Any]

TRAINING = Path(__file__).parents[2] / "iargus" / "training"
MODELS = TRAINING / "simulator" / "models.csv"
STATES = TRAINING / "simulator" / "states.csv"
SENTENCES = TRAINING / "sentences.tsv"
YEARS = range(2003, 2025)
MOST_MILES = 250_000


def cars(count: int, seed: int) -> list[Body]:
    """`count` cars; each has its own mileage, to a tenth of a mile."""
    drawn = random.Random(seed)
    models, states = _read(MODELS), _read(STATES)
    tenths = drawn.sample(range(10_000, MOST_MILES * 10), count)
    found = []
    for mileage in tenths:
        model = drawn.choice(models)
        last = min(int(model["last_year"] or YEARS[-1]), YEARS[-1])
        first = min(max(int(model["first_year"] or YEARS[0]), YEARS[0]), last)
        found.append(
            {
                "state": drawn.choice(states)["state"],
                "make": model["make"],
                "model": model["model"],
                "year": drawn.randint(first, last),
                "mileage": mileage / 10,
            }
        )
    return found


def sentences(count: int, seed: int) -> list[Body]:
    """`count` of the sentences that come with the project, each with a number of its own."""
    drawn = random.Random(seed)
    texts = [line["text"] for line in _read(SENTENCES)]
    numbers = drawn.sample(range(10 * count), count)
    return [{"text": f"{drawn.choice(texts)} {number}"} for number in numbers]


def batches(count: int, rows: int, seed: int) -> list[Body]:
    """`count` bodies of `rows` cars each."""
    every = cars(count * rows, seed)
    return [{"cars": every[start : start + rows]} for start in range(0, len(every), rows)]


def for_mlflow(car: Body) -> Body:
    return {"dataframe_records": [car]}


def for_mlserver(car: Body) -> Body:
    """One column each, as the Open Inference Protocol wants a table."""
    kinds = {str: "BYTES", int: "INT64", float: "FP64"}
    return {
        "parameters": {"content_type": "pd"},
        "inputs": [
            {
                "name": name,
                "shape": [1, 1],
                "datatype": kinds[type(value)],
                "data": [value],
                **({"parameters": {"content_type": "str"}} if isinstance(value, str) else {}),
            }
            for name, value in car.items()
        ],
    }


def write(path: Path, bodies: Sequence[Body], form: Callable[[Body], Body] | None = None) -> Path:
    """One body a line, in the form that a server wants."""
    shaped = bodies if form is None else [form(body) for body in bodies]
    with path.open("w", encoding="utf-8") as file:
        for body in shaped:
            file.write(json.dumps(body, separators=(",", ":")) + "\n")
    return path


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".tsv":
            # Taken as they are: a quotation mark is part of a sentence.
            return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        return list(csv.DictReader(file))

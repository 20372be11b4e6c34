"""A fitted estimator of the slow task, as a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from iargus.registry import artefact
from iargus.tasks.base import Input
from tests.serving.pool.slow import POLICY, SlowRent

TASK = SlowRent("slow", POLICY)


@dataclass(frozen=True)
class Fitted:
    """Rent is `price` for each square metre."""

    path: Path
    sha256: str
    price: float


def house(area: float, wait_s: float = 0.0) -> Input:
    return SlowRent.input_model.model_validate({"area": area, "wait_s": wait_s})


@pytest.fixture(scope="session")
def fits(tmp_path_factory: pytest.TempPathFactory) -> list[Fitted]:
    folder = tmp_path_factory.mktemp("slow")
    found = []
    for price in (10.0, 20.0):
        table = pd.DataFrame({"area": [10.0, 20.0, 30.0]})
        path = folder / f"{price}.skops"
        digest = artefact.save(TASK.build_estimator().fit(table, price * table["area"]), path)
        found.append(Fitted(path, digest, price))
    return found

"""Both shipped tasks, fitted on little data, compiled and placed, as a host has them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd

from iargus.registry import ModelVersion
from iargus.serving.compilation.compiling import compile_model
from iargus.serving.placement import Current, Placement
from iargus.settings import Policy
from iargus.tasks.catalogue import Catalogue
from iargus.training.seed import load_sentences
from iargus.training.simulator import SimulationPlan, simulate


def place_models(models_dir: Path) -> None:
    """Place version 1 of each task in `models_dir`."""
    catalogue = Catalogue.read(Policy())
    placement = Placement(models_dir)
    sales = pd.concat(simulate(SimulationPlan(rows=600, months=6, end=date(2026, 11, 1), seed=0)))
    sales = sales.rename(columns={"price": "label", "date_added": "observed_at"})
    sentences = load_sentences().assign(observed_at=pd.Timestamp("2026-10-01"))
    for name, rows in (("car_price", sales), ("intent", sentences)):
        task = catalogue.get(name)
        pipeline = task.build_estimator().fit(task.training_frame(rows), rows["label"].to_numpy())
        version = ModelVersion(name, "1", "run", datetime(2026, 11, 1), (), {"sha256": "0" * 64})
        with placement.staging(name) as place:
            folder = place / "bundle"
            digest = compile_model(task, pipeline, folder, created_from=version.sha256, rows=50)
            placement.place(version, folder, bundle=digest)
        placement.point(name, Current("1"))

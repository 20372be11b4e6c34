"""From an estimator to the bundle that serves it, with the proof that both say the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sklearn.pipeline import Pipeline

from iargus.compiled.errors import NotCompilable, Refused
from iargus.serving.compilation.export import export_bundle
from iargus.serving.compilation.opening import open_bundle
from iargus.serving.compilation.parity import Parity, check_monotone, check_parity
from iargus.tasks.base import Task
from iargus.tasks.car_price.compiled.bundle import CarBundle


def compile_model(
    task: Task,
    estimator: Pipeline,
    directory: Path,
    *,
    created_from: str,
    rows: int,
    monotone_cars: int = 0,
) -> str:
    """Write the estimator's bundle to the new folder `directory` and compare both on `rows` fuzzed
    rows; give the SHA-256 of its manifest.

    With `monotone_cars`, prices of as many synthetic cars may not rise with mileage or age either.
    It is asked of what is to be registered: older versions go on as they are.

    `created_from` is that of the skops file. The bundle names no version: the registry gives the
    number only when the files are there, and the digest of the file says more.

    Raises:
        NotCompilable: the estimator has no form as a bundle.
        Refused: the bundle answers otherwise, or prices rise where they may not; the first row is
            named.
    """
    if task.bundle_kind is None:
        raise NotCompilable(f"the kind {task.policy.kind} has no form as a bundle")
    manifest = export_bundle(
        task.bundle_kind, estimator, directory, task=task.name, created_from=created_from
    )
    digest = hashlib.sha256(manifest.to_bytes()).hexdigest()
    bundle = open_bundle(task, directory, digest=digest, created_from=created_from)
    parity = check_parity(task.bundle_kind, estimator, bundle, rows=rows)
    if not parity.equal:
        raise Refused(_mismatch(parity))
    if monotone_cars and isinstance(bundle, CarBundle):
        monotony = check_monotone(bundle, cars=monotone_cars)
        if monotony.violations:
            raise Refused(
                f"the price is not monotone for {monotony.violations} of {monotone_cars} synthetic "
                f"cars: {monotony.first[:500]}"
            )
    return digest


def _mismatch(parity: Parity) -> str:
    assert parity.first is not None
    first = parity.first
    return (
        f"the bundle and its estimator differ in {parity.mismatches} of {parity.rows} rows, first "
        f"in {str(dict(first.payload))[:200]}: {_short(first.found)}, not {_short(first.expected)}"
    )


def _short(numbers: tuple[float, ...]) -> str:
    shown = ", ".join(f"{number:.10g}" for number in numbers[:3])
    return f"({shown}{', …' if len(numbers) > 3 else ''})"

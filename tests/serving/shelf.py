"""A stand-in for the registry: models that were fitted beforehand, aliases, and faults to set."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sklearn.pipeline import Pipeline

from iargus.errors import RegistryUnavailable
from iargus.registry import ModelVersion, artefact
from iargus.serving.placement import Current, Placement
from iargus.training.fit import fit_candidate
from tests.toy_tasks import mood_rows, mood_task, rent_rows, rent_task


class Shelf:
    """Versions 1 to 3 of `rent` (each ten times as dear as the one before), 1 of `mood`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._digests: dict[tuple[str, str], str] = {}
        for number, scale in (("1", 1.0), ("2", 10.0), ("3", 100.0)):
            self._keep("rent", number, fit_candidate(rent_task(), rent_rows(60, scale=scale)))
        self._keep("mood", "1", fit_candidate(mood_task(), mood_rows(60)))

    def file(self, task: str, number: str) -> Path:
        return self.directory / f"{task}-{number}.skops"

    def version(self, task: str, number: str, *, sha256: str | None = None) -> ModelVersion:
        tags = {"sha256": sha256 or self._digests[task, number], "metric": "mape", "error": "0.1"}
        return ModelVersion(task, number, "run", datetime(2026, 11, 1), (), tags)

    def place(self, placement: Placement, task: str, number: str) -> None:
        """Put a version where it is served, and make it the champion there."""
        version = self.version(task, number)
        if not placement.model_file(task, number).exists():
            with placement.staging(task) as place:
                path = place / "model.skops"
                shutil.copyfile(self.file(task, number), path)
                placement.place(version, path)
        placement.point(task, Current(number))

    def _keep(self, task: str, number: str, estimator: Pipeline) -> None:
        self._digests[task, number] = artefact.save(estimator, self.file(task, number))


@dataclass
class FakeRegistry:
    """What `Sync` needs of a registry. `down` makes it fail; `bytes_of` forges a download,
    and of tasks in `withheld` there is none."""

    shelf: Shelf
    aliases: dict[tuple[str, str], str] = field(default_factory=dict)
    down: bool = False
    wording: str = "the MLflow server does not answer"
    forged: dict[str, ModelVersion] = field(default_factory=dict)
    disk_full: bool = False
    bytes_of: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    withheld: set[str] = field(default_factory=set)

    def resolve(self, task: str, alias: str) -> ModelVersion | None:
        if self.down:
            raise RegistryUnavailable(self.wording)
        if task in self.forged:
            return self.forged[task]
        number = self.aliases.get((task, alias))
        return None if number is None else self.shelf.version(task, number)

    def fetch(self, version: ModelVersion, directory: Path) -> Path:
        self.fetched.append(f"{version.task} {version.version}")
        if version.task in self.withheld:
            raise RegistryUnavailable(self.wording)
        if self.disk_full:
            raise OSError(28, "No space left on device")
        path = directory / "model.skops"
        shutil.copyfile(self.shelf.file(version.task, version.version), path)
        if version.version in self.bytes_of:
            path.write_bytes(self.bytes_of[version.version])
        return path

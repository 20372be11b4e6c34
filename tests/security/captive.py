"""A registry in the hands of whoever attacks: the code of IArgus, and every answer that they want.

Only MLflow's client is a stand-in; it lists and hands out the files of a folder, or lies.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from iargus.registry import ModelVersion, Registry, artefact
from iargus.registry.connection import Connection
from iargus.registry.trust import Trust
from iargus.registry.version import BUNDLE_DIGEST, SIGNATURE
from iargus.serving.compilation.compiling import compile_model
from iargus.serving.loaded_models import LoadedModels
from iargus.serving.placement import Placement
from iargus.serving.sync.refusals import Refusal
from iargus.serving.sync.sync import Sync
from iargus.settings.keys import BundleKey
from iargus.tasks.base import Task
from tests.serving.cars import TODAY, car_catalogue, fitted

TASK = "car_price"
KEY = BundleKey.model_validate({"kid": "first", "secret": "k" * 48})
Tags = dict[str, str]
Change = Callable[[Path, Tags], None]


@dataclass
class Stored:
    """The files below `model/` of a version, and its tags."""

    files: Path
    tags: Tags


@dataclass
class Captive:
    """Stands in for `MlflowClient`, and for `Connection`, which gives it."""

    folder: Path
    versions: dict[str, Stored] = field(default_factory=dict)
    champion: str = "1"
    # Called with a path below `model/` and the file that was brought, before it is looked at.
    tamper: Callable[[str, Path], object] = lambda _, __: None
    listed_bytes: int | None = None

    @contextmanager
    def translated(self, doing: str) -> Iterator[Captive]:
        yield self

    def client(self) -> Captive:
        return self

    def registry(self, *keys: BundleKey, allow_unsigned: bool = False) -> Registry:
        trust = Trust(lambda: keys, allow_unsigned=allow_unsigned)
        return Registry(cast(Connection, self), trust=trust)

    def get_model_version_by_alias(self, task: str, alias: str) -> Any:
        return SimpleNamespace(
            name=task,
            version=self.champion,
            run_id=self.champion,
            creation_timestamp=1_793_500_000_000,
            aliases=[alias],
            tags=self.versions[self.champion].tags,
        )

    def list_artifacts(self, run_id: str, path: str) -> list[Any]:
        folder = self._place(run_id, path)
        return [
            SimpleNamespace(
                path=f"{path}/{each.name}",
                is_dir=each.is_dir(),
                file_size=None if each.is_dir() else self.listed_bytes or each.stat().st_size,
            )
            for each in sorted(folder.iterdir() if folder.is_dir() else ())
        ]

    def download_artifacts(self, run_id: str, path: str, directory: str) -> str:
        target = Path(directory) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._place(run_id, path), target)
        self.tamper(path.removeprefix("model/"), target)
        return str(target)

    def add(self, change: Change) -> str:
        """Register a changed copy of the good version; give its number."""
        number = str(len(self.versions) + 1)
        files = self.folder / number
        shutil.copytree(good_files(), files)
        tags = dict(good_tags())
        change(files, tags)
        self.versions[number] = Stored(files, tags)
        return number

    def _place(self, run_id: str, path: str) -> Path:
        return self.versions[run_id].files / path.removeprefix("model").lstrip("/")


@cache
def _good() -> tuple[Path, Tags]:
    """A good version, as a training registers it: with a bundle, and signed as number 1."""
    files = Path(tempfile.mkdtemp(prefix="iargus-good-"))
    sha256 = artefact.save(fitted(), files / "model.skops")
    bundle = compile_model(the_task(), fitted(), files / "bundle", created_from=sha256, rows=50)
    tags = {"sha256": sha256, BUNDLE_DIGEST: bundle}
    version = ModelVersion(TASK, "1", "1", datetime(2026, 11, 1), (), tags)
    signature = Trust(lambda: [KEY]).signature(version)
    assert signature is not None
    return files, {**tags, SIGNATURE: signature}


def good_files() -> Path:
    return _good()[0]


def good_tags() -> Tags:
    return _good()[1]


@cache
def the_task() -> Task:
    return car_catalogue(TASK).get(TASK)


def untouched(_: Path, __: Tags) -> None:
    """The good version."""


def model_file(make: Callable[[Path], bytes]) -> Change:
    """A version without a bundle whose `model.skops` is what `make` gives for its folder; its
    digest is right."""

    def changed(files: Path, tags: Tags) -> None:
        data = make(files)
        shutil.rmtree(files / "bundle")
        (files / "model.skops").write_bytes(data)
        tags["sha256"] = hashlib.sha256(data).hexdigest()
        del tags[BUNDLE_DIGEST]

    return changed


@dataclass
class Host:
    """What serves the task from that registry."""

    captive: Captive
    sync: Sync
    placement: Placement
    champions: LoadedModels
    refused: list[Refusal]

    @classmethod
    def of(cls, captive: Captive, *keys: BundleKey) -> Host:
        placement, refused = Placement(captive.folder / "var" / "models"), list[Refusal]()
        catalogue = car_catalogue(TASK)
        sync = Sync(catalogue, captive.registry(*keys), placement, refused=refused.append)
        return cls(captive, sync, placement, LoadedModels(catalogue, placement.models_dir), refused)

    def price(self) -> object:
        """The answer to the example of the task, by what is placed now."""
        self.champions.refresh()
        value = the_task().parse_input(the_task().example(), today=TODAY)
        return self.champions.get(TASK).predictor.predict([value])

    def files(self) -> dict[Path, bytes]:
        """Everything that lies on the host."""
        home = self.captive.folder / "var"
        return {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}

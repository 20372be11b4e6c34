"""The models in memory of one serving process; they follow what is placed on this host."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from iargus.background import Background
from iargus.compiled.manifest import MANIFEST
from iargus.errors import ArtefactRejected, ModelNotLoaded
from iargus.serving.compilation.opening import open_bundle
from iargus.serving.placement import Placement
from iargus.serving.pool.pool import EstimatorPool
from iargus.serving.predictor import CompiledPredictor, Predictor, check_example
from iargus.settings.serving import UncompiledPolicy
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue

logger = logging.getLogger(__name__)

_Stamp = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True)
class LoadedModel:
    """What answers, and the version that it is; `digest` is that of what was placed: of the
    bundle's manifest, or of `model.skops`."""

    version: str
    predictor: Predictor
    digest: str = ""


@dataclass(frozen=True)
class _Models:
    """All loaded versions of one task; replaced as a whole, so that readers need no lock."""

    champion: str
    by_version: Mapping[str, LoadedModel]


class LoadedModels:
    """Reads what `Placement` holds. `get` may be called from any thread while `refresh` runs."""

    def __init__(
        self,
        catalogue: Catalogue,
        models_dir: Path,
        uncompiled: UncompiledPolicy | None = None,
        load_uncompiled: Callable[[Task, Path, str], Predictor] | None = None,
    ) -> None:
        """`load_uncompiled` is given a task, a skops file and its digest; unset, a pool of
        processes after the policy `uncompiled` answers with it."""
        self._catalogue = catalogue
        policy = uncompiled or UncompiledPolicy()
        self._load_uncompiled = load_uncompiled or partial(EstimatorPool, policy=policy)
        self._placement = Placement(models_dir)
        self._models: dict[str, _Models] = {}
        self._stamps: dict[str, _Stamp] = {}
        self._problems: dict[str, str] = {}
        self._refreshing = threading.Lock()

    def refresh(self) -> None:
        """Load what is newly placed, then let go of what it replaces.

        A model that cannot be loaded leaves the one before it in place and is logged once; it is
        tried again when its files change. Costs a few `stat` calls when nothing has changed.
        """
        with self._refreshing:
            for task in self._catalogue:
                self._refresh(task)

    def get(self, task_name: str, version: str | None = None) -> LoadedModel:
        """The champion of a task, or its loaded `version`.

        Raises:
            ModelNotLoaded: there is none; the message lists those there are.
        """
        models = self._models.get(task_name)
        if models is None:
            raise ModelNotLoaded(f"no model is loaded for {task_name} yet")
        model = models.by_version.get(models.champion if version is None else version)
        if model is None:
            known = ", ".join(models.by_version)
            raise ModelNotLoaded(
                f"version {version!r} of {task_name} is not loaded; there is {known}"
            )
        return model

    def placed_at_s(self, task_name: str, version: str) -> float | None:
        """When a version was placed on this host, in seconds since 1970; None once it is gone."""
        return self._placement.placed_at_s(task_name, version)

    def missing(self) -> list[str]:
        """The tasks that have no model, in the order of the catalogue."""
        return [name for name in self._catalogue.names() if name not in self._models]

    def _refresh(self, task: Task) -> None:
        current = self._placement.current(task.name)
        if current is None:
            return
        wanted = [version for version in (current.champion, current.challenger) if version]
        # Taken before reading: what changes meanwhile has another stamp next time.
        stamp = self._stamp(task.name, wanted)
        if stamp == self._stamps.get(task.name):
            return
        old = self._models.get(task.name)
        loaded: dict[str, LoadedModel] = {}
        settled = True
        for version in dict.fromkeys(wanted):
            try:
                loaded[version] = self._load(task, version, old)
                self._problems.pop(f"{task.name} version {version}", None)
            except (ArtefactRejected, OSError) as error:
                # A file that says no today says no tomorrow; a process out of descriptors may not.
                settled = settled and not isinstance(error, OSError)
                self._log_once(f"{task.name} version {version}", str(error), old)
        if current.champion in loaded:
            self._models[task.name] = _Models(current.champion, loaded)
            if old is None or old.champion != current.champion:
                logger.info("%s is served by version %s", task.name, current.champion)
        elif old is not None:
            self._models[task.name] = _Models(old.champion, {**loaded, **old.by_version})
        if settled:
            self._stamps[task.name] = stamp

    def _load(self, task: Task, version: str, old: _Models | None) -> LoadedModel:
        placed = self._placement.manifest(task.name, version)
        digest = placed.bundle or placed.sha256
        known = old.by_version.get(version) if old is not None else None
        # A registry that was set up anew counts from 1 again: the digest says which model it is.
        if known is not None and known.digest == digest:
            return known
        if placed.bundle:
            folder = self._placement.bundle_folder(task.name, version)
            bundle = open_bundle(task, folder, digest=digest, created_from=placed.sha256)
            return LoadedModel(version, CompiledPredictor(task, bundle), digest)
        path = self._placement.model_file(task.name, version)
        predictor = self._load_uncompiled(task, path, placed.sha256)
        check_example(task, predictor)
        return LoadedModel(version, predictor, digest)

    def _stamp(self, task: str, versions: list[str]) -> _Stamp:
        paths = [self._placement.current_file(task)]
        for version in versions:
            model = self._placement.model_file(task, version)
            bundle = self._placement.bundle_folder(task, version)
            paths += [model, bundle / MANIFEST, model.with_name("manifest.json")]
        return tuple(_file_stamp(path) for path in paths)

    def _log_once(self, what: str, problem: str, old: _Models | None) -> None:
        if self._problems.get(what) != problem:
            self._problems[what] = problem
            stays = f"version {old.champion} stays" if old is not None else "nothing is served"
            logger.error("%s cannot be loaded, %s: %s", what, stays, problem)


class ModelRefresher(Background):
    """A thread that refreshes `champions` at once and then every `interval_s` seconds."""

    def __init__(self, champions: LoadedModels, interval_s: float = 1.0) -> None:
        super().__init__("champion-follower")
        self._champions = champions
        self._interval_s = interval_s

    def run(self) -> None:
        """Refresh until stopped; whatever goes wrong, the old models go on serving."""
        while True:
            try:
                self._champions.refresh()
            except Exception:
                # The follower must outlive whatever it meets.
                logger.exception("refreshing the models failed")
            if self.stopped.wait(self._interval_s):
                return


def _file_stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size

"""Brings what the registry calls champion to this host: fetch, check, try, place.

The one process of a serving host that talks to the registry. Whatever goes wrong, the last good
version stays where it is.
"""

from __future__ import annotations

import logging
import threading

from iargus.errors import (
    ArtefactRejected,
    FilesUnavailable,
    IArgusError,
    RegistryUnavailable,
    VersionUnknown,
)
from iargus.registry import ModelVersion, Registry
from iargus.registry.version import CHALLENGER, CHAMPION
from iargus.serving.placement import Current, Placement
from iargus.serving.sync.preparing import adopt, is_whole, prepare, stamp_of
from iargus.serving.sync.refusals import OnRefusal, Refusals
from iargus.settings import Settings
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue

logger = logging.getLogger(__name__)


def sync_once(settings: Settings) -> list[IArgusError | OSError]:
    """Bring every task's champion here; give the problems of single tasks, which are logged too.

    Raises:
        RegistryUnavailable: nothing could be asked.
    """
    problems = Sync.connect(settings).once()
    for problem in problems:
        if isinstance(problem, RegistryUnavailable):
            raise problem
    return problems


class Sync:
    """One pass over all tasks at a time; remembers what it has checked and complained about."""

    def __init__(
        self,
        catalogue: Catalogue,
        registry: Registry,
        placement: Placement,
        *,
        with_challenger: bool = False,
        refused: OnRefusal = lambda _: None,
    ) -> None:
        """`refused` is told of each version that was looked at and not taken."""
        self._catalogue = catalogue
        self._registry = registry
        self._placement = placement
        self._with_challenger = with_challenger
        self._checked: dict[tuple[str, str], object] = {}
        self._refusals = Refusals(refused)
        self._problems: dict[str, str] = {}

    @classmethod
    def connect(cls, settings: Settings, refused: OnRefusal = lambda _: None) -> Sync:
        """For all tasks of `config.yml`, with the registry and the folder that it names."""
        return cls(
            Catalogue.read(settings.policy),
            Registry.connect(settings),
            Placement(settings.models_dir),
            with_challenger=settings.policy.registry.serve_challenger,
            refused=refused,
        )

    def once(self) -> list[IArgusError | OSError]:
        """Go over all tasks once; give the problems, of which each new one is logged."""
        problems: list[IArgusError | OSError] = []
        for task in self._catalogue:
            try:
                self._bring(task)
            except FilesUnavailable as error:
                self._log_once(task.name, str(error))
                problems.append(error)
            except RegistryUnavailable as error:
                # It will not answer for the other tasks either.
                self._log_once("the registry", f"the last good models stay: {error}")
                self._adopt()
                return [*problems, error]
            except ArtefactRejected as error:
                # Logged where it was refused, with what serves instead.
                self._problems[task.name] = str(error)
                problems.append(error)
            except (IArgusError, OSError) as error:
                self._log_once(task.name, str(error))
                problems.append(error)
            else:
                self._recovered(task.name)
            self._recovered("the registry")
        return problems

    def follow(self, interval_s: float, stopped: threading.Event) -> None:
        """Go over all tasks every `interval_s` seconds until `stopped` is set."""
        while True:
            self.once()
            if stopped.wait(interval_s):
                return

    def _adopt(self) -> None:
        """Compile what an earlier release has placed: nobody else can bring it now."""
        for task in self._catalogue:
            try:
                if adopt(task, self._placement):
                    logger.info("%s: what was placed is compiled", task.name)
            except (IArgusError, OSError) as error:
                self._log_once(f"what is placed of {task.name}", str(error))

    def _bring(self, task: Task) -> None:
        champion = self._registry.resolve(task.name, CHAMPION)
        if champion is None:
            raise VersionUnknown(
                f"the registry has no champion for {task.name}; train one: iargus train {task.name}"
            )
        self._ensure(task, champion)
        challenger = self._challenger(task) if self._with_challenger else None
        current = Current(champion.version, challenger)
        before = self._placement.current(task.name)
        if current == before:
            return
        self._placement.point(task.name, current)
        logger.info("%s: version %s is placed", task.name, champion.version)
        # Other processes may be reading the version before at this moment.
        keep = {current.champion, current.challenger, before.champion if before else None}
        self._placement.prune(task.name, {version for version in keep if version})

    def _challenger(self, task: Task) -> str | None:
        version = self._registry.resolve(task.name, CHALLENGER)
        if version is None:
            return None
        try:
            self._ensure(task, version)
        except ArtefactRejected:
            # The champion does not depend on it.
            return None
        return version.version

    def _ensure(self, task: Task, version: ModelVersion) -> None:
        """Have the version placed and whole."""
        if self._is_placed(task, version):
            return
        name = f"{task.name} version {version.version} is refused"
        known = self._refusals.reason(version)
        if known is not None:
            raise ArtefactRejected(f"{name}: {known}")
        with self._placement.staging(task.name) as place:
            try:
                prepared = prepare(task, version, self._registry, place)
            except ArtefactRejected as error:
                serving = self._placement.current(task.name)
                self._refusals.add(version, str(error), serving.champion if serving else None)
                raise ArtefactRejected(f"{name}: {error}") from error
            except RegistryUnavailable as error:
                # It has just answered for this task: the others may have more luck.
                raise FilesUnavailable(str(error)) from error
            self._placement.place(version, prepared.path, bundle=prepared.bundle)
        self._refusals.forget(version)

    def _is_placed(self, task: Task, version: ModelVersion) -> bool:
        key = (version.task, version.version)
        stamp = stamp_of(self._placement, version)
        # Read again only what was touched since.
        if self._checked.get(key) != stamp:
            if not is_whole(self._placement, task, version):
                return False
            self._checked[key] = stamp
        return True

    def _log_once(self, what: str, problem: str) -> None:
        if what not in self._problems:
            logger.warning("%s: %s", what, problem)
        self._problems[what] = problem

    def _recovered(self, what: str) -> None:
        if self._problems.pop(what, None) is not None:
            logger.info("%s: in order again", what)

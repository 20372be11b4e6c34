"""The registry of models as the rest of IArgus sees it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from iargus.errors import VersionUnknown
from iargus.models.registry import aliases, download, lookup
from iargus.models.registry.connection import Connection
from iargus.models.registry.judgements import log_judgement
from iargus.models.registry.promotable import check_promotable
from iargus.models.registry.publish import publish
from iargus.models.registry.retrainings import tidy_up
from iargus.models.registry.version import CHAMPION, ModelVersion, TrainingRecord
from iargus.settings import Settings


class Registry:
    """MLflow as IArgus uses it. A task's name is the name of its registered model.

    Every method raises `RegistryUnavailable` when MLflow is out of reach or answers with an error.
    """

    def __init__(self, connection: Connection, uncompiled: Collection[str] = ()) -> None:
        """`uncompiled` are the tasks whose champion may have no bundle."""
        self._connection = connection
        self._uncompiled = frozenset(uncompiled)

    @classmethod
    def connect(cls, settings: Settings) -> Registry:
        """Make the adapter; nothing is opened before the first call."""
        tasks = settings.policy.tasks.items()
        allowed = [name for name, policy in tasks if policy.serve_uncompiled]
        return cls(Connection(settings), allowed)

    def check(self) -> None:
        """Ask the registry something small."""
        with self._connection.translated("answer") as client:
            client.search_registered_models(max_results=1)

    def resolve(self, task: str, alias: str) -> ModelVersion | None:
        """The version that `alias` names now, or None."""
        known = lookup.aliases(self._connection, task)
        if alias not in known:
            return None
        return lookup.version(self._connection, task, known[alias], known)

    def versions(self, task: str) -> list[ModelVersion]:
        """All versions, the newest number first; empty when there is no model."""
        return lookup.versions(self._connection, task)

    def version(self, task: str, version: str) -> ModelVersion:
        """One version.

        Raises:
            VersionUnknown: there is none of that number; the message lists those there are.
        """
        known = lookup.aliases(self._connection, task)
        found = lookup.version(self._connection, task, version, known)
        if found is None:
            numbers = ", ".join(other.version for other in self.versions(task))
            there_are = f"there are {numbers}" if numbers else f"train one: iargus train {task}"
            raise VersionUnknown(f"{task} has no version {version!r}; {there_are}")
        return found

    def register(self, training: TrainingRecord) -> ModelVersion:
        """Log a run with its files and register the model; no alias moves.

        Raises:
            ArtefactRejected: the estimator holds a type that is not on the task's list.
        """
        return publish(self._connection, training)

    def registered(self, task: str, key: str) -> ModelVersion | None:
        """The version of the retraining `key`, or None; what one that was cut off has left
        half-made is finished or deleted."""
        return tidy_up(self._connection, task, key)

    def check_promotable(self, task: str, version: str) -> None:
        """Ask whether `version` could become champion.

        Raises:
            VersionUnknown: there is no such version.
            PromotionRefused: see `promote`.
        """
        check_promotable(self.version(task, version), uncompiled=task in self._uncompiled)

    def promote(self, task: str, version: str) -> ModelVersion:
        """Make `version` the champion and remember the one before; nothing when it is already.

        It loses the alias `challenger`.

        Raises:
            VersionUnknown: there is no such version.
            PromotionRefused: it may not serve: its bundle does not answer as it should, or it
                has none where it must.
        """
        wanted = self.version(task, version)
        check_promotable(wanted, uncompiled=task in self._uncompiled)
        aliases.promote(self._connection, wanted)
        return self.version(task, wanted.version)

    def challenge(self, task: str, version: str) -> None:
        """Give `version` the alias `challenger`.

        Raises:
            VersionUnknown: there is no such version.
        """
        aliases.challenge(self._connection, self.version(task, version))

    def rollback(self, task: str) -> ModelVersion:
        """Give the alias `champion` back to the version that had it before; repeated, to the one
        before that.

        Raises:
            VersionUnknown: there was none before, or it was deleted.
        """
        champion = lookup.aliases(self._connection, task).get(CHAMPION)
        number = aliases.rollback(self._connection, task, champion)
        if number is not None:
            return self.version(task, number)
        raise VersionUnknown(
            f"{task} has no champion from before version {champion}; "
            f"name one yourself: iargus models promote {task} VERSION"
            if champion
            else f"{task} has no champion to go back from; train one: iargus train {task}"
        )

    def fetch(self, version: ModelVersion, directory: Path) -> Path:
        """Download the version's `model.skops` into `directory` (made if needed) and check it.

        Raises:
            ArtefactRejected: the file is gone, or is not the one that was registered.
            OSError: the disk here is full or not writable.
        """
        return download.fetch(self._connection, version, directory)

    def fetch_bundle(self, version: ModelVersion, directory: Path) -> Path:
        """Download the version's bundle below `directory`; give its folder. Its manifest is the
        one that was registered; whoever opens it compares the files with that.

        Raises:
            ArtefactRejected: something is gone, or the manifest is another one.
            OSError: the disk here is full or not writable.
        """
        return download.fetch_bundle(self._connection, version, directory)

    def read_text(self, version: ModelVersion, file: str) -> str | None:
        """A text that was registered beside the model (`TrainingRecord.files`); None when this
        version has none of that name.

        Raises:
            ArtefactRejected: the file is gone, or is not the one that was registered.
        """
        return download.read_text(self._connection, version, file)

    def log_monitoring(
        self,
        task: str,
        *,
        run_name: str,
        params: Mapping[str, str],
        metrics: Mapping[str, float],
        tags: Mapping[str, str],
        texts: Mapping[str, str] | None = None,
        pictures: Mapping[str, bytes] | None = None,
    ) -> str:
        """Log one judgement of a model and return the run's id; the same decision about the same
        month is logged once. `texts` are named with their ending, `pictures` (PNG) without."""
        return log_judgement(
            self._connection,
            task,
            run_name=run_name,
            params=params,
            metrics=metrics,
            tags=tags,
            texts=texts,
            pictures=pictures,
        )

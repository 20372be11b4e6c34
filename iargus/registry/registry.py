"""The registry of models as the rest of IArgus sees it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Unpack

from iargus.errors import ConfigurationError, VersionUnknown
from iargus.registry import aliases, download, lookup, runs
from iargus.registry.connection import Connection
from iargus.registry.publish import publish, recover, sign
from iargus.registry.trust import Trust
from iargus.registry.version import CHALLENGER, ModelVersion, TrainingRecord
from iargus.settings import Settings


class Registry:
    """MLflow as IArgus uses it. A task's name is the name of its registered model.

    Every method raises `RegistryUnavailable` when MLflow is out of reach or answers with an error.
    """

    def __init__(
        self, connection: Connection, uncompiled: Collection[str] = (), trust: Trust | None = None
    ) -> None:
        """`uncompiled` are the tasks whose champion may have no bundle."""
        self._connection = connection
        self._uncompiled = frozenset(uncompiled)
        self._trust = trust or Trust()

    @classmethod
    def connect(cls, settings: Settings) -> Registry:
        """Make the adapter; nothing is opened before the first call."""
        tasks = settings.policy.tasks.items()
        allowed = [name for name, policy in tasks if policy.serve_uncompiled]
        return cls(Connection(settings), allowed, Trust.of(settings))

    @property
    def is_made(self) -> bool:
        """False where the registry is a file of this machine, and that is not there."""
        return self._connection.is_made

    def check(self) -> None:
        """Send a small query, to see that the registry answers."""
        with self._connection.translated("answer") as client:
            client.search_registered_models(max_results=1)

    def resolve(self, task: str, alias: str) -> ModelVersion | None:
        """The version that `alias` names now, or None."""
        return lookup.by_alias(self._connection, task, alias)

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
        return publish(self._connection, training, self._trust)

    def registered(self, task: str, key: str) -> ModelVersion | None:
        """The version of the retraining `key`, or None; what one that was cut off has left
        behind is finished or deleted."""
        return recover(self._connection, task, key, self._trust)

    def check_promotable(self, task: str, version: str) -> None:
        """Ask whether `version` could become champion.

        Raises:
            VersionUnknown: there is no such version.
            PromotionRefused: see `promote`.
        """
        self._check_promotable(self.version(task, version))

    def promote(self, task: str, version: str) -> ModelVersion:
        """Make `version` the champion and record the one before; nothing when it is already.

        It loses the alias `challenger`.

        Raises:
            VersionUnknown: there is no such version.
            PromotionRefused: it may not serve: its bundle does not answer as it should, or it
                has none where it must.
        """
        wanted = self.version(task, version)
        self._check_promotable(wanted)
        aliases.promote(self._connection, wanted)
        return self.version(task, wanted.version)

    def check_signing(self) -> None:
        """Ask whether there is a key to sign with.

        Raises:
            ConfigurationError: there is none.
        """
        if not self._trust.has_keys:
            raise ConfigurationError(
                "there is no key to sign with: set IARGUS_BUNDLE_KEYS (`iargus keys new` makes one)"
            )

    def sign(self, version: ModelVersion) -> ModelVersion:
        """Sign a version as it is given; return it with its signature."""
        with self._connection.translated("sign a version") as client:
            return sign(client, version, self._trust)

    def unsigned(self) -> Registry:
        """This registry without verification: to look at a version before it is signed."""
        return Registry(self._connection, self._uncompiled)

    def _check_promotable(self, version: ModelVersion) -> None:
        uncompiled = version.task in self._uncompiled
        aliases.check_promotable(version, self._trust, uncompiled=uncompiled)

    def challenge(self, task: str, version: str) -> None:
        """Give `version` the alias `challenger`.

        Raises:
            VersionUnknown: there is no such version.
        """
        wanted = self.version(task, version)
        with self._connection.translated("name a challenger") as client:
            client.set_registered_model_alias(task, CHALLENGER, wanted.version)

    def rollback(self, task: str) -> ModelVersion:
        """Give the alias `champion` back to the version that had it before; repeated, to the one
        before that.

        Raises:
            VersionUnknown: there was none before, or it was deleted.
            PromotionRefused: that one may not serve any more; nothing is moved.
        """
        return self.version(task, aliases.rollback(self._connection, task, self._check_promotable))

    def fetch(self, version: ModelVersion, directory: Path) -> Path:
        """Download the version's `model.skops` into `directory` (made if needed) and check it.

        Raises:
            ArtefactRejected: the file is gone, is not the one that was registered, or its
                signature is not that of this version.
            OSError: the disk here is full or not writable.
        """
        self._trust.check(version)
        return download.fetch(self._connection, version, directory)

    def fetch_bundle(self, version: ModelVersion, directory: Path) -> Path:
        """Download the version's bundle below `directory`; return its folder. Its manifest is the
        one that was registered; opening the bundle compares its files with that.

        Raises:
            ArtefactRejected: something is gone, the manifest is another one, or the signature
                is not that of this version.
            OSError: the disk here is full or not writable.
        """
        self._trust.check(version)
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
        tags: Mapping[str, str],
        **content: Unpack[runs.RunContent],
    ) -> str:
        """Log one judgement of a model and return the run's id; the same decision about the same
        month, both of them `tags`, is logged once."""
        return runs.log_judgement(self._connection, task, run_name=run_name, tags=tags, **content)

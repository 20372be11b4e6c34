"""Signatures of versions: which ones this installation trusts, and how it signs its own.

The tags of a version hold its digests, and anybody who can write to the registry can write tags,
but not make a signature by a key that the registry never sees.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cached_property

from pydantic import SecretStr

from iargus.compiled.signature import Statement, sign, verify
from iargus.errors import ArtefactRejected, ConfigurationError
from iargus.registry.version import ModelVersion
from iargus.settings import Settings
from iargus.settings.keys import BundleKey, read_or_make

logger = logging.getLogger(__name__)


class Trust:
    """The keys of `IARGUS_BUNDLE_KEYS`: the first signs, all verify. Without any, nothing is signed
    and everything is trusted."""

    def __init__(
        self, keys: Callable[[], Sequence[BundleKey]] = tuple, *, allow_unsigned: bool = False
    ) -> None:
        """`keys` is called once, at the first use."""
        self._read_keys = keys
        self._allow_unsigned = allow_unsigned

    @classmethod
    def of(cls, settings: Settings) -> Trust:
        # A key beside the registry protects nothing from those who can write there, so unsigned
        # versions of an earlier release are accepted.
        local = not settings.environment.bundle_keys
        return cls(
            lambda: bundle_keys(settings),
            allow_unsigned=settings.policy.registry.allow_unsigned or local,
        )

    @property
    def has_keys(self) -> bool:
        return bool(self._keys)

    def signature(self, version: ModelVersion) -> str | None:
        """The value of the tag `signature` for `version`; None without a key.

        Raises:
            ConfigurationError: the file of the key cannot be used.
        """
        if not self._keys:
            return None
        key = self._keys[0]
        return f"{key.kid}:{sign(_statement(version), key.secret.get_secret_value().encode())}"

    def check(self, version: ModelVersion) -> None:
        """Verify the signature of a version, which covers its task, its number, and the digests of
        its files.

        Raises:
            ArtefactRejected: it was not signed, by another key, or for something else.
            ConfigurationError: the file of the key cannot be used.
        """
        if not self._keys or (not version.signature and self._allow_unsigned):
            return
        name = f"{version.task} {version.version}"
        if not version.signature:
            raise ArtefactRejected(
                f"it is not signed; if you know where it comes from: iargus models sign {name}"
            )
        kid, _, signature = version.signature.partition(":")
        key = next((key for key in self._keys if key.kid == kid), None)
        if key is None:
            raise ArtefactRejected(
                f"it is signed by the key {kid[:64]!r}, which is not among IARGUS_BUNDLE_KEYS"
            )
        if not verify(_statement(version), signature, key.secret.get_secret_value().encode()):
            raise ArtefactRejected(
                "its signature is not that of this version: its tags or files were exchanged"
            )

    @cached_property
    def _keys(self) -> tuple[BundleKey, ...]:
        return tuple(self._read_keys())


def bundle_keys(settings: Settings) -> Sequence[BundleKey]:
    """The keys of the environment; on a developer's machine, where the registry too is a file
    under `var/`, one that is made there. None otherwise: with a key made here, versions of
    other machines would be rejected.

    Raises:
        ConfigurationError: the file cannot be used.
    """
    environment = settings.environment
    if environment.bundle_keys:
        return environment.bundle_keys
    if environment.production or environment.mlflow_uri is not None:
        logger.warning(
            "IARGUS_BUNDLE_KEYS is not set: models are neither signed nor verified, and who can "
            "write to the registry chooses what is served"
        )
        return ()
    try:
        kid, secret = read_or_make(settings.bundle_key_file)
    except OSError as error:
        raise ConfigurationError(
            f"{settings.bundle_key_file} cannot be used: {error.strerror}"
        ) from None
    return [BundleKey(kid=kid, secret=SecretStr(secret))]


def _statement(version: ModelVersion) -> Statement:
    return Statement(
        task=version.task,
        version=version.version,
        created_from=version.sha256,
        bundle=version.bundle_sha256,
    )

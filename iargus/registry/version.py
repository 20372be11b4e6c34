"""A version of a model in the registry, and what a training registers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

Parsed = TypeVar("Parsed")

CHAMPION = "champion"
CHALLENGER = "challenger"

# Tags of a version; the last is a prefix, of the name of a file beside the model.
RETRAINING = "iargus.retraining"  # which retraining of monitoring it comes from; also on its run
BUNDLE_DIGEST = "bundle.sha256"  # of the bundle's manifest, in hex
BUNDLE_ROWS = "bundle.parity_rows"  # on how many rows bundle and estimator predicted the same
NOT_COMPILABLE = "bundle.not_compilable"  # why there is no bundle: the estimator has no such form
BUNDLE_REFUSED = "bundle.refused"  # why there is no bundle: it did not predict as the estimator
SIGNATURE = "signature"  # the name of a key, a colon, and a signature by it
FILE_DIGEST = "sha256."  # the digest of that file, in hex


@dataclass(frozen=True)
class ModelVersion:
    """One version of the registered model `task`; `created_at` is UTC without zone."""

    task: str
    version: str
    run_id: str
    created_at: datetime
    aliases: tuple[str, ...]
    tags: Mapping[str, str]

    @property
    def sha256(self) -> str:
        """Digest of `model.skops` in hex; empty when the version was not registered by IArgus."""
        return self.tags.get("sha256", "")

    @property
    def bundle_sha256(self) -> str:
        """Digest of the bundle's manifest in hex; empty when the version has no bundle."""
        return self.tags.get(BUNDLE_DIGEST, "")

    @property
    def signature(self) -> str:
        """Key and signature, see `iargus.registry.trust`; empty when it is not signed."""
        return self.tags.get(SIGNATURE, "")

    @property
    def window_start(self) -> datetime | None:
        """The time of the oldest row that the model learned from (UTC, no zone)."""
        return _parsed(self.tags.get("window_start"), datetime.fromisoformat)

    @property
    def window_end(self) -> datetime | None:
        """The first whole second after the newest row that the model learned from (UTC, no
        zone), so that `rows(start=window_end)` are exactly the rows it has not seen."""
        return _parsed(self.tags.get("window_end"), datetime.fromisoformat)

    @property
    def metric(self) -> str:
        """`mape` or `error_rate`."""
        return self.tags.get("metric", "")

    @property
    def error(self) -> float | None:
        """The error measured on held-out rows, a share of one."""
        return _parsed(self.tags.get("error"), float)

    @property
    def rows(self) -> int | None:
        """How many rows the model learned from."""
        return _parsed(self.tags.get("rows"), int)


@dataclass(frozen=True)
class TrainingRecord:
    """A fitted model and everything that is registered with it.

    `sample` holds a few rows of the features, for the signature; `params`, `metrics` and
    `pictures` (PNG by name) go to the run, `tags` to the version; `files` (text by name) are
    stored beside the model; `compiled` is called with a new folder and the digest of the skops
    file; it writes the bundle there and returns the tags about it.
    """

    task: str
    estimator: Pipeline
    trusted_types: tuple[str, ...]
    sample: pd.DataFrame
    run_name: str
    tags: Mapping[str, str]
    params: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    compiled: Callable[[Path, str], Mapping[str, str]] = lambda _, __: {}


def _parsed(text: str | None, parse: Callable[[str], Parsed]) -> Parsed | None:
    try:
        return parse(text) if text else None
    except ValueError:
        return None

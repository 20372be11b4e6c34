"""The bundle of a new version, or why there is none; what it says decides over promotion."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from iargus.compiled.errors import NotCompilable
from iargus.errors import ArtefactRejected
from iargus.registry.version import BUNDLE_DIGEST, BUNDLE_REFUSED, BUNDLE_ROWS, NOT_COMPILABLE
from iargus.serving.compilation.compiling import compile_model
from iargus.tasks.base import Task

_MAX_CHARS = 1_000  # of a reason; registries limit the length of a tag


def compiled(
    task: Task, estimator: Pipeline, directory: Path, created_from: str
) -> Mapping[str, str]:
    """Compile the estimator to `directory` and hold both against each other; give the tags.

    A bundle that is refused is no reason to lose the training: the version is registered without
    it and can be looked at, and cannot become champion.
    """
    rows = task.policy.parity_rows
    try:
        with threadpool_limits(1):
            digest = compile_model(
                task, estimator, directory, created_from=created_from, rows=rows, is_new=True
            )
    except (NotCompilable, ArtefactRejected) as error:
        shutil.rmtree(directory, ignore_errors=True)
        tag = NOT_COMPILABLE if isinstance(error, NotCompilable) else BUNDLE_REFUSED
        return {tag: " ".join(str(error).split())[:_MAX_CHARS]}
    return {BUNDLE_DIGEST: digest, BUNDLE_ROWS: str(rows)}

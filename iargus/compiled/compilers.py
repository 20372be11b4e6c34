"""The registry of compilers: from the exact type of a fitted estimator to its part of a bundle.

An estimator that is made of others compiles them by `compile_estimator` again, so that a new type
inside a known one needs its own compiler and nothing else. A subclass is another type: it may
predict otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from iargus.compiled import canonical_json
from iargus.compiled.arrays import Array, to_bytes
from iargus.compiled.errors import NotCompilable


@dataclass(frozen=True)
class Part:
    """What an estimator contributes to a bundle.

    Attributes:
        document: entries of the bundle's main JSON document.
        files: by name without extension, an array or a JSON document of its own.
    """

    document: Mapping[str, Any]
    files: Mapping[str, Array | Mapping[str, Any]] = field(default_factory=dict)

    def __or__(self, other: Part) -> Part:
        return Part({**self.document, **other.document}, {**self.files, **other.files})

    def to_files(self, document: str) -> dict[str, bytes]:
        """The files by name; the main document is called ``document``."""
        return {
            f"{name}.npy" if isinstance(content, np.ndarray) else f"{name}.json": (
                to_bytes(content)
                if isinstance(content, np.ndarray)
                else canonical_json.dump(content)
            )
            for name, content in {document: self.document, **self.files}.items()
        }


Compiler = Callable[[Any, str], Part]
_COMPILERS: dict[type, Compiler] = {}


def compiler_of(estimator: type) -> Callable[[Compiler], Compiler]:
    """Register the decorated function, which is given a fitted ``estimator`` and what the messages
    call it, such as ``price.low``."""

    def register(compiler: Compiler) -> Compiler:
        _COMPILERS[estimator] = compiler
        return compiler

    return register


def compile_estimator(estimator: Any, where: str) -> Part:
    """Compile a fitted estimator by its type.

    Raises:
        NotCompilable: there is no compiler for this type, or the estimator is set in a way that has
            no compiled form.
    """
    compiler = _COMPILERS.get(type(estimator))
    if compiler is None:
        raise NotCompilable(f"{where}: a {type(estimator).__name__} has no form as a bundle")
    return compiler(estimator, where)


def compile_pipeline(estimator: Any, *steps: str) -> Part:
    """Compile a pipeline of these steps, each by its type.

    Raises:
        NotCompilable: it is no such pipeline, or see `compile_estimator`.
    """
    if type(estimator) is not Pipeline:
        raise NotCompilable(f"a {type(estimator).__name__} is no pipeline")
    part = Part({})
    for name, step in estimator.steps:
        part |= compile_estimator(step, name)
    if tuple(estimator.named_steps) != steps:
        found = ", ".join(estimator.named_steps)
        raise NotCompilable(f"the steps are {found}, not {', '.join(steps)}")
    return part

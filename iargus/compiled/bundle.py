"""The contract of a loaded bundle."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from iargus.compiled.contents import Contents
from iargus.compiled.manifest import Manifest

Payload = Mapping[str, Any]
FloatArray = npt.NDArray[np.float64]


class Bundle(ABC):
    """A model that answers; safe to use from several threads at once."""

    kind: ClassVar[str]

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest

    @classmethod
    @abstractmethod
    def read(cls, manifest: Manifest, contents: Contents) -> Bundle:
        """Build the model from verified files.

        Raises:
            Refused: they are not what this kind consists of.
        """

    @abstractmethod
    def predict_one(self, payload: Payload) -> Any:
        """The answer to one row, by the quickest way."""

    @abstractmethod
    def predict_many(self, payloads: Sequence[Payload]) -> Sequence[Any]:
        """The answers to (n,) rows, equal to those of `predict_one` one by one."""

    @abstractmethod
    def numbers(self, payloads: Sequence[Payload]) -> FloatArray:
        """All numbers of the answers to (n,) rows, (n, m), for comparison."""

    @abstractmethod
    def numbers_of(self, answer: Any) -> Sequence[float]:
        """The (m,) numbers of one answer, as in `numbers`."""


def numbers_of_all(bundle: Bundle, payloads: Sequence[Payload]) -> Sequence[Sequence[float]]:
    """The numbers of the answers to (n,) rows, by whichever way is quicker for so many."""
    if len(payloads) == 1:
        return [bundle.numbers_of(bundle.predict_one(payloads[0]))]
    found: list[list[float]] = bundle.numbers(payloads).tolist()
    return found

"""The contract of a loaded bundle, and the rows that it answers before it may serve."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from iargus.compiled.errors import Refused
from iargus.compiled.files import Contents
from iargus.compiled.manifest import Manifest

Payload = Mapping[str, Any]
FloatArray = npt.NDArray[np.float64]

# Another processor rounds the last digits of exp otherwise; an altered model differs by far more.
RELATIVE = 1e-9


class Bundle(ABC):
    """A model that answers; safe to use from several threads at once."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest

    @classmethod
    @abstractmethod
    def read(cls, manifest: Manifest, contents: Contents) -> Self:
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


def relative_difference(found: FloatArray, expected: FloatArray) -> FloatArray:
    """Return |found - expected| / |expected|, element by element; 0 where both are equal or NaN,
    infinite where only one is finite."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        apart = np.abs(found - expected) / np.abs(expected)
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    return np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))


def check_canaries(bundle: Bundle) -> None:
    """Answer the canaries of the manifest, one by one and at once.

    Raises:
        Refused: there is none, or an answer is another.
    """
    canaries = bundle.manifest.canaries
    if not canaries:
        raise Refused("the bundle has no canary")
    payloads = [canary.payload for canary in canaries]
    try:
        many = bundle.numbers(payloads)
        one = np.array([bundle.numbers_of(bundle.predict_one(payload)) for payload in payloads])
        expected = np.array([canary.answer for canary in canaries])
        if expected.shape != many.shape:
            raise ValueError(f"{expected.shape[1:]} numbers in an answer, not {many.shape[1:]}")
        worst = [relative_difference(found, expected).max() for found in (one, many)]
    # A row of another task fails with anything.
    except Exception as error:
        raise Refused(
            f"the bundle cannot answer its canaries: {type(error).__name__}: {error}"
        ) from error
    if max(worst) > RELATIVE:
        raise Refused(f"the bundle answers its canaries otherwise, by {max(worst):.2g} relatively")

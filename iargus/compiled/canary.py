"""A loaded bundle answers known rows as its estimator did, or it is refused."""

from __future__ import annotations

import numpy as np

from iargus.compiled.bundle import Bundle, FloatArray
from iargus.compiled.errors import Refused

# Another processor rounds the last digits of exp otherwise; an altered model differs by far more.
RELATIVE = 1e-9


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

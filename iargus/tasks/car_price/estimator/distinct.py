"""The different values among many, so that each is worked on once."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt


def distinct(values: Iterable[Any]) -> tuple[list[Any], npt.NDArray[np.intp]]:
    """Return the different values in order of appearance, and the place of each of the (n,) among
    them.

    Values of different types differ even where Python calls them equal (``1``, ``1.0``, ``True``).

    >>> distinct(["a", "b", "a"])
    (['a', 'b'], array([0, 1, 0]))
    """
    places: dict[Any, int] = {}
    found: list[Any] = []
    at: list[int] = []
    for value in values:
        place = places.setdefault(_key(value), len(found))
        if place == len(found):
            found.append(value)
        at.append(place)
    return found, np.array(at, dtype=np.intp)


def _key(value: Any) -> Any:
    if type(value) is str:
        return value
    if type(value) is tuple:
        return tuple(_key(part) for part in value)
    return type(value), value

"""Trees of a skops file: every path through them ends in a leaf.

skops checks types and not values, and scikit-learn follows the indices of a tree unchecked: a
forged one reads memory out of bounds, or never ends. Each child is stored behind its parent, so
that comparing indices is enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from iargus.errors import ArtefactRejected

_PLAIN = (str, bytes, int, float, complex, bool, type(None))
_LEAF = -1
_WORDS_OF_A_BITSET = 8


def check_trees(estimator: object) -> None:
    """Check all trees anywhere in a loaded estimator.

    Raises:
        ArtefactRejected: one leads nowhere, or back, or reads a column that does not exist.
    """
    from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
    from sklearn.tree._tree import Tree

    for owner, found in _within(estimator):
        if isinstance(found, TreePredictor):
            _check_boosted(found, owner)
        elif isinstance(found, Tree):
            _check_plain(found, owner)


def _within(estimator: object) -> Iterator[tuple[object, object]]:
    """All objects that can be reached, each after the object that it belongs to."""
    waiting: list[tuple[object, object]] = [(None, estimator)]
    seen: dict[int, object] = {}
    while waiting:
        owner, found = waiting.pop()
        if isinstance(found, _PLAIN) or id(found) in seen:
            continue
        seen[id(found)] = found  # a reference, so that its id is not reused
        yield owner, found
        if isinstance(found, dict):
            waiting += [(owner, each) for each in found.values()]
        elif isinstance(found, list | tuple | set | frozenset):
            waiting += [(owner, each) for each in found]
        elif isinstance(found, np.ndarray):
            waiting += [(owner, each) for each in found.flat] if found.dtype.hasobject else []
        elif not isinstance(found, type):
            held = getattr(found, "__dict__", {})
            waiting += [(found, each) for each in held.values()]


def _check_boosted(tree: Any, owner: object) -> None:
    nodes = tree.nodes
    inner = nodes["is_leaf"] == 0
    _check_ways(np.flatnonzero(inner), nodes["left"][inner], nodes["right"][inner], len(nodes))
    _check_columns(nodes["feature_idx"][inner], _columns(owner))
    categorical = inner & (nodes["is_categorical"] != 0)
    for bitsets in (tree.raw_left_cat_bitsets, tree.binned_left_cat_bitsets):
        if categorical.any() and (
            bitsets.ndim != 2
            or bitsets.shape[1] != _WORDS_OF_A_BITSET
            or nodes["bitset_idx"][categorical].max() >= len(bitsets)
        ):
            raise ArtefactRejected("a tree of the model reads categories that do not exist")


def _check_plain(tree: Any, owner: object) -> None:
    left, right = tree.children_left, tree.children_right
    inner = (left != _LEAF) | (right != _LEAF)
    _check_ways(np.flatnonzero(inner), left[inner], right[inner], tree.node_count)
    _check_columns(tree.feature[inner], min(tree.n_features, _columns(owner)))


def _columns(owner: object) -> int:
    """The number of columns that scikit-learn requires of a table before it predicts."""
    found = getattr(owner, "n_features_in_", None)
    if type(found) is not int:
        raise ArtefactRejected(
            "a tree of the model belongs to an object without a number of columns"
        )
    return found


def _check_ways(
    at: npt.NDArray[np.intp], left: npt.NDArray[Any], right: npt.NDArray[Any], count: int
) -> None:
    children = np.stack([left, right]).astype(np.int64)
    if count == 0 or (children <= at).any() or (children >= count).any():
        raise ArtefactRejected("a tree of the model leads nowhere, or back to where it was")


def _check_columns(columns: npt.NDArray[Any], count: int) -> None:
    if (columns < 0).any() or (columns >= count).any():
        raise ArtefactRejected("a tree of the model reads a column that does not exist")

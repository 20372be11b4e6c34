"""Fitted pipelines of good types only, in which an index leads astray."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from iargus.registry import artefact
from tests.serving.cars import fitted

Make = Callable[[Path], bytes]


def _with(change: Callable[[Any], None]) -> Make:
    """The good pipeline with the first tree of its first model changed."""

    def made(files: Path) -> bytes:
        estimator = copy.deepcopy(fitted())
        change(_models(estimator)[0]._predictors[0][0])
        artefact.save(estimator, files / "changed.skops")
        return (files / "changed.skops").read_bytes()

    return made


def _models(estimator: Any) -> list[Any]:
    regressor = estimator.named_steps["price"]
    return [each for each in vars(regressor).values() if hasattr(each, "_predictors")]


def _set(column: str, value: int, *, at: int = 0) -> Make:
    def change(tree: Any) -> None:
        tree.nodes[column][at] = value

    return _with(change)


def _no_nodes(tree: Any) -> None:
    tree.nodes = tree.nodes[:0]


def _no_leaf(tree: Any) -> None:
    tree.nodes["is_leaf"] = 0


def _category(tree: Any) -> None:
    tree.nodes["is_categorical"][0], tree.nodes["bitset_idx"][0] = 1, 2**31


def _narrow_bitsets(tree: Any) -> None:
    tree.nodes["is_categorical"][0], tree.nodes["bitset_idx"][0] = 1, 0
    tree.raw_left_cat_bitsets = np.zeros((1, 1), dtype=np.uint32)


def _text(tree: Any) -> None:
    tree.nodes = "no nodes"


TREE_ATTACKS: Mapping[str, Make] = {
    "a tree whose root is its own child, and which never ends": _set("left", 0),
    "a tree whose right side is its root": _set("right", 0),
    "a tree whose child is beyond its end": _set("left", 2**32 - 1),
    "a tree whose child lies just behind its end": _with(
        lambda tree: tree.nodes["right"].__setitem__(0, len(tree.nodes))
    ),
    "a tree that looks at column 2**40": _set("feature_idx", 2**40),
    "a tree that looks at column -1": _set("feature_idx", -1),
    "a tree that looks at a set of categories far behind its own": _with(_category),
    "a tree whose sets of categories are too narrow": _with(_narrow_bitsets),
    "a tree without a node": _with(_no_nodes),
    "a tree without a leaf": _with(_no_leaf),
}

"""Fitted `HistGradientBoostingRegressor`s as arrays of nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.preprocessing import OrdinalEncoder

from iargus.compiled.arrays import Array
from iargus.compiled.errors import NotCompilable
from iargus.compiled.smooth_pinball import SmoothPinball
from iargus.compiled.trees import FORMS, LEAF, MAX_LEAVES, NUMERIC

_LOSSES = ("squared_error", "absolute_error", "quantile")  # those that predict their raw score


def categories_of(model: HistGradientBoostingRegressor, step: str) -> dict[int, list[float]]:
    """Return the codes that the model knows, by categorical column, in the order of their bits."""
    if model._preprocessor is None:
        return {}
    encoder = model._preprocessor.named_transformers_["encoder"]
    if type(encoder) is not OrdinalEncoder:
        raise NotCompilable(f"{step}: the codes are encoded by a {type(encoder).__name__}")
    columns = np.flatnonzero(model.is_categorical_).tolist()
    found = {}
    for place, (column, known) in enumerate(zip(columns, encoder.categories_, strict=True)):
        codes = [float(code) for code in known if code == code]
        # Codes that the bins do not know would go the way of missing ones.
        if not np.array_equal(model._bin_mapper.bin_thresholds_[place], np.arange(len(codes))):
            raise NotCompilable(f"{step}: column {column} has categories without a bin")
        found[column] = codes
    return found


def export_trees(models: Sequence[tuple[str, HistGradientBoostingRegressor]]) -> dict[str, Array]:
    """Return the arrays of `Trees` for all trees of ``(step, model)``, one after the other.

    Raises:
        NotCompilable: a model is of another type or fitted in a way that has no such form.
    """
    parts: dict[str, list[Any]] = {name: [] for name in FORMS}
    for step, model in models:
        _check(step, model)
        columns = _original_columns(model)
        for iteration in model._predictors:
            for tree in iteration:
                _add(parts, tree, columns, step)
    empty = {name: np.zeros((0, *rest)) for name, (_, rest) in FORMS.items()}
    return {
        name: np.concatenate([empty[name], *found]).astype(FORMS[name][0])
        if name != "sizes"
        else np.array(found, dtype=FORMS[name][0])
        for name, found in parts.items()
    }


def _check(step: str, model: Any) -> None:
    if type(model) is not HistGradientBoostingRegressor:
        raise NotCompilable(f"{step}: a {type(model).__name__} has no form as a bundle")
    if type(model.loss) is not SmoothPinball and model.loss not in _LOSSES:
        raise NotCompilable(f"{step}: the loss {model.loss!r} transforms what the trees say")
    if not model._predictors or model.n_trees_per_iteration_ != 1:
        raise NotCompilable(f"{step}: not one tree per iteration")


def _original_columns(model: HistGradientBoostingRegressor) -> Array:
    """Inside the model, categorical columns come first."""
    if model._preprocessor is None:
        return np.arange(model.n_features_in_)
    categorical = np.asarray(model.is_categorical_)
    return np.concatenate([np.flatnonzero(categorical), np.flatnonzero(~categorical)])


def _preorder(nodes: Array) -> Iterator[int]:
    waiting = [0]
    while waiting:
        at = waiting.pop()
        yield at
        if not nodes["is_leaf"][at]:
            waiting += [int(nodes["right"][at]), int(nodes["left"][at])]


def _add(parts: dict[str, list[Any]], tree: Any, columns: Array, step: str) -> None:
    nodes = tree.nodes[list(_preorder(tree.nodes))]
    leaf, categorical = nodes["is_leaf"] == 1, nodes["is_categorical"] == 1
    if leaf.sum() > MAX_LEAVES:
        raise NotCompilable(f"{step}: a tree has {leaf.sum()} leaves, more than {MAX_LEAVES}")
    categorical &= ~leaf
    start = sum(map(len, parts["bitsets"]))
    parts["sizes"].append(len(nodes))
    parts["feature"].append(np.where(leaf, LEAF, columns[nodes["feature_idx"]]))
    parts["threshold"].append(np.where(leaf | categorical, 0.0, nodes["num_threshold"]))
    parts["missing_left"].append(np.where(leaf, 0, nodes["missing_go_to_left"]))
    parts["bitset"].append(np.where(categorical, start + nodes["bitset_idx"].astype(int), NUMERIC))
    parts["value"].append(np.where(leaf, nodes["value"], 0.0))
    parts["bitsets"].append(np.asarray(tree.raw_left_cat_bitsets).reshape(-1, 8))

"""The compiler of boosted trees: a fitted `HistGradientBoostingRegressor` as arrays of nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn._loss.link import IdentityLink
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.preprocessing import OrdinalEncoder

from iargus.compiled.arrays import Array
from iargus.compiled.compilers import Part, compiler_of
from iargus.compiled.errors import NotCompilable
from iargus.compiled.trees import FORMS, LEAF, MAX_LEAVES, NUMERIC


@compiler_of(HistGradientBoostingRegressor)
def _boosted_trees(model: Any, where: str) -> Part:
    if type(model._loss.link) is not IdentityLink:
        loss = type(model._loss).__name__
        raise NotCompilable(f"{where}: the loss {loss} transforms what the trees say")
    if not model._predictors or model.n_trees_per_iteration_ != 1:
        raise NotCompilable(f"{where}: not one tree per iteration")
    found: dict[str, list[Any]] = {name: [] for name in FORMS}
    columns = _original_columns(model)
    for (tree,) in model._predictors:
        _add(found, tree, columns, where)
    document = {
        "trees": len(model._predictors),
        "baseline": float(np.asarray(model._baseline_prediction).item()),
        "categories": _categories(model, where),
    }
    return Part(document, {name: _array(name, parts) for name, parts in found.items()})


def join_trees(parts: Mapping[str, Part]) -> Part:
    """Join boosted models over the same columns: their trees one after the other, and what each of
    them consists of by its name.

    Raises:
        NotCompilable: they know different categories.
    """
    documents = {name: dict(part.document) for name, part in parts.items()}
    categories, *others = (document.pop("categories") for document in documents.values())
    if any(other != categories for other in others):
        raise NotCompilable(f"{', '.join(parts)} know different categories")
    arrays: dict[str, list[Any]] = {name: [] for name in FORMS}
    for part in parts.values():
        start = sum(map(len, arrays["bitsets"]))
        bitset = np.asarray(part.files["bitset"])
        moved = np.where(bitset == NUMERIC, NUMERIC, bitset + start)
        for name, array in {**part.files, "bitset": moved}.items():
            arrays[name].append(array)
    return Part(
        {"categories": categories, "models": documents},
        {f"trees_{name}": _array(name, found) for name, found in arrays.items()},
    )


def _array(name: str, parts: Sequence[Any]) -> Array:
    kind, rest = FORMS[name]
    return np.concatenate([np.zeros((0, *rest)), *parts]).astype(kind)


def _categories(model: HistGradientBoostingRegressor, where: str) -> dict[str, list[float]]:
    """The codes that the model knows, by categorical column, in the order of their bits."""
    if model._preprocessor is None:
        return {}
    encoder = model._preprocessor.named_transformers_["encoder"]
    if type(encoder) is not OrdinalEncoder:
        raise NotCompilable(f"{where}: the codes are encoded by a {type(encoder).__name__}")
    columns = np.flatnonzero(model.is_categorical_).tolist()
    found = {}
    for place, (column, known) in enumerate(zip(columns, encoder.categories_, strict=True)):
        codes = [float(code) for code in known if code == code]
        # Codes that the bins do not know would go the way of missing ones.
        if not np.array_equal(model._bin_mapper.bin_thresholds_[place], np.arange(len(codes))):
            raise NotCompilable(f"{where}: column {column} has categories without a bin")
        found[str(column)] = codes
    return found


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


def _add(parts: dict[str, list[Any]], tree: Any, columns: Array, where: str) -> None:
    nodes = tree.nodes[list(_preorder(tree.nodes))]
    leaf, categorical = nodes["is_leaf"] == 1, nodes["is_categorical"] == 1
    if leaf.sum() > MAX_LEAVES:
        raise NotCompilable(f"{where}: a tree has {leaf.sum()} leaves, more than {MAX_LEAVES}")
    categorical &= ~leaf
    start = sum(map(len, parts["bitsets"]))
    parts["sizes"].append([len(nodes)])
    parts["feature"].append(np.where(leaf, LEAF, columns[nodes["feature_idx"]]))
    parts["threshold"].append(np.where(leaf | categorical, 0.0, nodes["num_threshold"]))
    parts["missing_left"].append(np.where(leaf, 0, nodes["missing_go_to_left"]))
    parts["bitset"].append(np.where(categorical, start + nodes["bitset_idx"].astype(int), NUMERIC))
    parts["value"].append(np.where(leaf, nodes["value"], 0.0))
    parts["bitsets"].append(np.asarray(tree.raw_left_cat_bitsets).reshape(-1, 8))

"""Trees as masks of leaves: what a column rules out is looked up, never walked to.

A tree of L leaves is L bits. A node that sends a row to the right rules out the leaves on its
left; what is left over after all nodes is the leaf of the row and some to its right (QuickScorer;
Lucchese et al., 2015). Boosting on histograms knows few thresholds per column, so the masks of
all nodes of a column are combined beforehand, for each bin between two thresholds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from iargus.compiled.canonical_json import listed, named, number, whole
from iargus.compiled.errors import Refused
from iargus.compiled.files import Contents
from iargus.compiled.trees import LEAF, Trees

Masks = npt.NDArray[Any]
FloatArray = npt.NDArray[np.float64]

MAX_MASKS = 2**25  # of one column: 256 bins of 131,072 trees
_MAX_TREES = 20_000


class LeafMasks:
    """The masks of T trees, for every bin of every column.

    Attributes:
        rows: (R, T) masks; bins of a column follow each other, the last one for missing values.
        missing: for each column, its row for missing values.
    """

    def __init__(self, trees: Trees, categories: Mapping[int, list[float]], features: int) -> None:
        left = trees.check({column: len(found) for column, found in categories.items()}, features)
        tree = np.repeat(np.arange(len(trees.sizes)), trees.sizes)
        leaf = trees.feature == LEAF
        starts = np.cumsum(leaf) - leaf  # leaves before a node, of all trees
        first = np.zeros(len(trees.sizes), dtype=np.int64)
        first[1:] = np.add.accumulate(np.bincount(tree, weights=leaf).astype(np.int64))[:-1]
        width = np.uint32 if np.bincount(tree, weights=leaf).max() <= 32 else np.uint64
        self._one = width(1)
        bits = (np.uint64(1) << left.astype(np.uint64)) - np.uint64(1)
        shift = (starts - first[tree]).astype(np.uint64)
        keeps = (~(bits << np.where(leaf, 0, shift).astype(np.uint64))).astype(width)
        # Bits are counted from 1 below.
        self._before = first - 1
        self._values: FloatArray = np.ascontiguousarray(trees.value[leaf])
        self._categories = {
            column: {code: place for place, code in enumerate(codes)}
            for column, codes in categories.items()
        }
        self._thresholds: dict[int, list[float]] = {}
        self._starts: list[int] = []
        self.missing: list[int] = []
        tables: list[Masks] = []
        for column in range(features):
            at = np.flatnonzero(trees.feature == column)
            if column in categories:
                table = _by_category(trees, at, tree, keeps, len(categories[column]))
            else:
                table, self._thresholds[column] = _by_threshold(trees, at, tree, keeps)
            _rule_out(table, -1, at[trees.missing_left[at] == 0], tree, keeps)
            self._starts.append(sum(map(len, tables)))
            self.missing.append(self._starts[-1] + len(table) - 1)
            tables.append(table)
        self.rows: Masks = np.concatenate(tables)
        self.rows.flags.writeable = False  # views of them are shared by requests

    def row(self, column: int, value: float) -> int:
        """The row of ``rows`` that says what ``value`` (NaN for missing) rules out."""
        if value != value:
            return self.missing[column]
        thresholds = self._thresholds.get(column)
        if thresholds is not None:
            return self._starts[column] + bisect_left(thresholds, value)
        place = self._categories[column].get(value)
        return self.missing[column] if place is None else self._starts[column] + place

    def rows_of(self, column: int, values: FloatArray) -> npt.NDArray[np.intp]:
        """`row` for (n,) numbers of a column that is not categorical."""
        bins = np.searchsorted(self._thresholds[column], values, side="left")
        found: npt.NDArray[np.intp] = self._starts[column] + bins
        found[np.isnan(values)] = self.missing[column]
        return found

    def thresholds(self, column: int) -> list[float]:
        """Where a column that is not categorical is divided, in order."""
        return list(self._thresholds[column])

    def add(self, tree: int, amount: float) -> None:
        """Add ``amount`` to what all leaves of a tree say."""
        start = self._before[tree] + 1
        end = self._before[tree + 1] + 1 if tree + 1 < len(self._before) else len(self._values)
        self._values[start:end] += amount

    def leaves(self, masks: Masks) -> FloatArray:
        """The value of the leaf that masks, (…, T), leave over in each tree: that of the lowest
        bit."""
        lowest = np.bitwise_count(masks ^ (masks - self._one))
        found: FloatArray = self._values.take(self._before + lowest)
        return found


def _rule_out(table: Masks, row: Any, nodes: Any, tree: Any, keeps: Masks) -> None:
    np.bitwise_and.at(table, (row, tree[nodes]), keeps[nodes])


def _by_threshold(
    trees: Trees, at: npt.NDArray[np.intp], tree: npt.NDArray[np.intp], keeps: Masks
) -> tuple[Masks, list[float]]:
    thresholds, place = np.unique(trees.threshold[at], return_inverse=True)
    if (len(thresholds) + 2) * len(trees.sizes) > MAX_MASKS:
        raise Refused("the trees divide a column into too many bins")
    table = np.full((len(thresholds) + 2, len(trees.sizes)), ~keeps.dtype.type(0))
    # Bin b holds what is above b thresholds: all of their nodes send it to the right.
    _rule_out(table, place + 1, at, tree, keeps)
    np.bitwise_and.accumulate(table[:-1], axis=0, out=table[:-1])
    return table, thresholds.tolist()


def _by_category(
    trees: Trees, at: npt.NDArray[np.intp], tree: npt.NDArray[np.intp], keeps: Masks, count: int
) -> Masks:
    table = np.full((count + 1, len(trees.sizes)), ~keeps.dtype.type(0))
    words = trees.bitsets[trees.bitset[at]]
    for category in range(count):
        goes_left = (words[:, category >> 5] >> np.uint32(category & 31)) & np.uint32(1)
        _rule_out(table, category, at[goes_left == 0], tree, keeps)
    return table


def read_boosted(
    document: Mapping[str, Any],
    contents: Contents,
    models: Sequence[str],
    *,
    columns: int,
    categorical: Sequence[int],
) -> tuple[LeafMasks, list[slice]]:
    """Read what `join_trees` wrote: the masks of the trees of all ``models`` over ``columns``, and
    which trees belong to each. Only the columns ``categorical`` may be so.

    Raises:
        Refused: these are no such models.
    """
    trees = Trees.read(lambda name, dtype, shape: contents.array(f"trees_{name}", dtype, shape))
    masks = LeafMasks(trees, _categories(document, categorical), columns)
    ends = [0]
    fitted = named(document.get("models"), "models")
    for name in models:
        model = named(fitted.get(name), name)
        count = whole(model.get("trees"), f"the trees of {name}", 1, _MAX_TREES)
        if ends[-1] + count > len(trees.sizes):
            raise Refused("there are fewer trees than the models have")
        # The sum of scikit-learn begins with the baseline, hence so does that of the trees.
        masks.add(ends[-1], number(model.get("baseline"), f"the baseline of {name}"))
        ends.append(ends[-1] + count)
    if ends[-1] != len(trees.sizes):
        raise Refused("there are more trees than the models have")
    return masks, [slice(*span) for span in pairwise(ends)]


def _categories(document: Mapping[str, Any], categorical: Sequence[int]) -> dict[int, list[float]]:
    found = named(document.get("categories"), "categories")
    if not found.keys() <= {str(column) for column in categorical}:
        raise Refused("a column has categories that is no categorical one")
    return {
        int(column): [number(code, "a code") for code in listed(codes, "codes")]
        for column, codes in found.items()
    }

"""Boosted trees as arrays in which no tree can be malformed without being noticed.

The nodes of a tree are listed in preorder: a node, all of its left side, all of its right side.
Which nodes are leaves then says the whole shape, so that there is no index that could lead
nowhere or back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iargus.compiled.arrays import Array, finite
from iargus.compiled.errors import Refused

LEAF = -1
NUMERIC = -1
MAX_LEAVES = 64  # of one tree: bits of the widest integer
MAX_CATEGORIES = 256  # bits of a bitset: eight words of 32

# Name of an array, its type, and the shape behind its length.
FORMS: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "sizes": ("<i4", ()),
    "feature": ("<i2", ()),
    "threshold": ("<f8", ()),
    "missing_left": ("|u1", ()),
    "bitset": ("<i4", ()),
    "value": ("<f8", ()),
    "bitsets": ("<u4", (8,)),
}


@dataclass(frozen=True)
class Trees:
    """N nodes of T trees.

    Attributes:
        sizes: (T,) nodes of each tree.
        feature: (N,) column that a node looks at, -1 in a leaf.
        threshold: (N,) what is not above it goes left; infinite sends all but NaN left.
        missing_left: (N,) 1 where NaN goes left.
        bitset: (N,) row of ``bitsets`` that a categorical node looks at, -1 for others.
        value: (N,) what a leaf adds, 0 elsewhere.
        bitsets: (B, 8) the categories that go left, as bits.
    """

    sizes: npt.NDArray[np.int32]
    feature: npt.NDArray[np.int16]
    threshold: npt.NDArray[np.float64]
    missing_left: npt.NDArray[np.uint8]
    bitset: npt.NDArray[np.int32]
    value: npt.NDArray[np.float64]
    bitsets: npt.NDArray[np.uint32]

    @classmethod
    def read(cls, read: Callable[[str, str, tuple[int | None, ...]], Array]) -> Trees:
        """Build them by ``read(name, dtype, shape)``."""
        return cls(
            **{name: read(name, dtype, (None, *tail)) for name, (dtype, tail) in FORMS.items()}
        )

    def check(self, categories: Mapping[int, int], features: int) -> npt.NDArray[np.int32]:
        """Return, for each inner node, how many leaves lie on its left; 0 in leaves.

        Args:
            categories: number of categories of each categorical column.
            features: number of columns.

        Raises:
            Refused: these are no trees.
        """
        n = len(self.feature)
        if any(len(a) != n for a in (self.threshold, self.missing_left, self.bitset, self.value)):
            raise Refused("the arrays of nodes differ in length")
        if (
            len(self.sizes) == 0
            or (self.sizes < 1).any()
            or int(self.sizes.sum(dtype=np.int64)) != n
        ):
            raise Refused("the sizes of the trees are not those of the nodes")
        if (self.feature < LEAF).any() or (self.feature >= features).any():
            raise Refused("a node looks at a column that is not there")
        if np.isnan(self.threshold).any() or np.isneginf(self.threshold).any():
            raise Refused("a threshold is NaN or below every number")
        finite(self.value, "the value of a leaf")
        if (self.missing_left > 1).any():
            raise Refused("a node sends missing values neither left nor right")
        inner = self.feature != LEAF
        if (self.bitset[~inner] != NUMERIC).any():
            raise Refused("a leaf has a bitset")
        categorical = np.isin(self.feature, list(categories))
        if ((self.bitset >= 0) != categorical).any() or (self.bitset < NUMERIC).any():
            raise Refused("a node mixes numbers and categories")
        if (self.bitset >= len(self.bitsets)).any():
            raise Refused("a node looks at a bitset that is not there")
        if any(not 0 < count <= MAX_CATEGORIES for count in categories.values()):
            raise Refused(f"a column has no category, or more than {MAX_CATEGORIES}")
        return _left_leaves(inner, self.sizes)


def _left_leaves(
    inner: npt.NDArray[np.bool_], sizes: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:
    found = np.zeros(len(inner), dtype=np.int32)
    kinds, end = inner.tolist(), len(inner)
    for size in reversed(sizes.tolist()):
        # From behind, both sides of a node are complete when it is met.
        sides: list[int] = []
        for i in range(end - 1, end - size - 1, -1):
            if not kinds[i]:
                sides.append(1)
                continue
            if len(sides) < 2:
                raise Refused("a node of a tree lacks a side")
            found[i] = left = sides.pop()
            sides.append(left + sides.pop())
        if len(sides) != 1 or sides[0] > MAX_LEAVES:
            raise Refused(f"a tree falls into parts, or has more than {MAX_LEAVES} leaves")
        end -= size
    return found

"""The boosted models of a car bundle, out of its files."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from iargus.compiled.checks import listed, named, number, whole
from iargus.compiled.contents import Contents
from iargus.compiled.errors import Refused
from iargus.compiled.masks import LeafMasks
from iargus.compiled.trees import Trees

MODELS = ("point", "low", "high")
# The columns of the trees, in the order of the estimator's features.
AGE, MILEAGE, STATE, MAKE, MODEL, LEVEL, SLOPE, CURVE = range(8)
COLUMNS = {1: 7, 2: 7, 3: 8}  # by layout
_MAX_TREES = 20_000


def read_models(
    document: Mapping[str, Any], contents: Contents, columns: int
) -> tuple[LeafMasks, list[slice]]:
    """Return the masks of the trees of all `MODELS` over ``columns``, and which trees belong to
    each.

    Raises:
        Refused: these are no such models.
    """
    trees = Trees.read(lambda name, dtype, shape: contents.array(f"trees_{name}", dtype, shape))
    masks = LeafMasks(trees, _categories(document), columns)
    ends = [0]
    models = named(document.get("models"), "models")
    for model in MODELS:
        fitted = named(models.get(model), model)
        count = whole(fitted.get("trees"), f"the trees of {model}", 1, _MAX_TREES)
        if ends[-1] + count > len(trees.sizes):
            raise Refused("there are fewer trees than the models have")
        # The sum of scikit-learn begins with the baseline, hence so does that of the trees.
        masks.add(ends[-1], number(fitted.get("baseline"), f"the baseline of {model}"))
        ends.append(ends[-1] + count)
    if ends[-1] != len(trees.sizes):
        raise Refused("there are more trees than the models have")
    return masks, [slice(*span) for span in pairwise(ends)]


def _categories(document: Mapping[str, Any]) -> dict[int, list[float]]:
    return {
        whole(int(column) if column.isdecimal() else None, "a column", STATE, MODEL): [
            number(code, "a code") for code in listed(codes, "codes")
        ]
        for column, codes in named(document.get("categories"), "categories").items()
    }

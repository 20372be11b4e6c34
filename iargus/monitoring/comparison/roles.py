"""Which columns of a file are features. Pure.

What is none is passed over with its reason, so that it is not taken for compared; a user who knows
better names it with `--column` or `--keep`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import pandas as pd

from iargus.monitoring.comparison.identifiers import (
    IDENTIFIERS,
    NUMBERING,
    goes_on,
    reason_of_identifiers,
)
from iargus.monitoring.comparison.timestamps import holds_times

TIMES = "times, which always change"
INDEX = "the index of a pandas table"
NAMELESS = "a column without a name, such as the index that to_csv writes"

LOOKS_LIKE = frozenset({TIMES, INDEX, NAMELESS, IDENTIFIERS, NUMBERING})

_INDEX = re.compile(r"__index_level_\d+__")
# What pandas calls a column whose head is empty.
_NAMELESS = re.compile(r"\s*|Unnamed: \d+(_level_\d+)?")


def no_features(
    sample: pd.DataFrame | None, current: pd.DataFrame, index: Collection[str]
) -> Mapping[str, str]:
    """The columns that are no features, with the reason of each.

    Args:
        sample: the first rows of the reference; None where only a summary of it is left.
        current: the first rows of the current file, of the same columns.
        index: columns that the file names as its index.
    """
    first = current if sample is None else sample
    found: dict[str, str] = {}
    for name in first.columns:
        if name in index or _INDEX.fullmatch(name):
            found[name] = INDEX
        elif _NAMELESS.fullmatch(name):
            found[name] = NAMELESS
        elif holds_times(name, first[name]):
            found[name] = TIMES
        elif (why := reason_of_identifiers(name, first[name])) is not None:
            found[name] = why
        elif sample is not None and name in current and goes_on(first[name], current[name]):
            found[name] = NUMBERING
    return found

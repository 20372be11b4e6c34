"""Which columns of two files are compared, and how each is read."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from iargus.errors import DataError, UsageError
from iargus.monitoring.comparison.identifiers import (
    IDENTIFIERS,
    NUMBERING,
    goes_on,
    reason_of_identifiers,
)
from iargus.monitoring.comparison.labels import LabelKind, label_kind
from iargus.monitoring.comparison.request import Request
from iargus.monitoring.comparison.timestamps import holds_times
from iargus.monitoring.stats.drift.summary import Kinds, kind_of
from iargus.tables.frames import FrameSource

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


_IGNORED = "as --ignore asks"


@dataclass(frozen=True)
class Chosen:
    """`passed_over` are columns that are not compared, each with the reason."""

    kinds: Kinds
    passed_over: Mapping[str, str]


def choose(
    source: FrameSource | None, saved: Kinds, path: Path, current: FrameSource, request: Request
) -> Chosen:
    """What of the reference in `path` can be compared, all of it or what is asked for. `source` is
    None where only a summary of the columns `saved` is left; what `current` lacks is all missing.

    Raises:
        DataError: a column that is asked for is not there or cannot be compared, or there is no
            column in common.
        UsageError: a column is asked for and ignored.
    """
    columns: Mapping[str, str | None] = dict.fromkeys(saved) if source is None else source.columns
    for name in (*request.columns, *request.keep):
        if name in request.ignore:
            raise UsageError(f"the column {name!r} cannot be both compared and ignored")
        _check(name, columns, path)
    for name in request.ignore:
        if source is not None and name not in columns and name not in current.columns:
            raise DataError(f"{path}: no column {name!r} to ignore")
    wanted = request.columns or tuple(columns)
    passed_over = {name: why for name in wanted if (why := columns[name]) is not None}
    passed_over |= {name: _IGNORED for name in request.ignore if name in wanted}
    readable = [name for name in wanted if name not in passed_over and name != request.label]
    sample = None if source is None else source.sample(readable)
    # Columns that the user names are compared, whatever they look like.
    named = {*request.columns, *request.keep, request.prediction}
    doubtful = [name for name in readable if name not in named]
    both = [name for name in doubtful if current.columns.get(name, "") is None]
    first = None if sample is None else sample[doubtful]
    passed_over |= no_features(first, current.sample(both), index=(source or current).index)
    compared = [name for name in readable if name not in passed_over]
    if sample is None:
        kinds = {name: saved[name] for name in compared}
    else:
        kinds = {name: kind_of(sample[name]) for name in compared}
    return _common(Chosen(kinds, passed_over), current, request)


def _common(chosen: Chosen, current: FrameSource, request: Request) -> Chosen:
    for name in request.needed:
        _check(name, current.columns, current.path)
    kinds, passed_over = dict(chosen.kinds), dict(chosen.passed_over)
    known = {*kinds, *passed_over, request.label}
    for name, why in current.columns.items():
        if name in kinds and why is not None:
            del kinds[name]
            passed_over[name] = f"{why} in the current file"
        elif not request.columns and name not in known:
            passed_over[name] = _IGNORED if name in request.ignore else "not in the reference"
    if not any(name in current.columns for name in kinds):
        why_not = [
            f"{name} ({chosen.passed_over[name]})"
            for name in current.columns
            if name in chosen.passed_over
        ]
        reasons = " that can be compared: " + ", ".join(why_not[:3]) if why_not else ""
        raise DataError(f"{current.path}: no column in common with the reference{reasons}")
    return Chosen(kinds, passed_over)


def _check(name: str, columns: Mapping[str, str | None], path: Path) -> None:
    if name not in columns:
        raise DataError(f"{path}: no column {name!r}")
    if columns[name] is not None:
        raise DataError(f"{path}: the column {name!r} has {columns[name]}")


def is_classes(source: FrameSource, request: Request) -> bool:
    """Whether labels are classes, as far as the first rows tell.

    Raises:
        LabelsUnclear: they may be amounts too, and nobody said which.
        UsageError, DataError: they cannot be compared with the predictions.
    """
    if request.label is None or request.prediction is None or request.amounts:
        return request.classes
    if request.classes and request.cutoff is None:
        return True
    sample = source.sample([request.label, request.prediction])
    kind = label_kind(sample[request.label], sample[request.prediction], cutoff=request.cutoff)
    return kind is LabelKind.CLASSES


def same_columns(
    kinds: Kinds, current: FrameSource, reference: FrameSource | None, request: Request
) -> tuple[str, ...]:
    """The columns by which a row repeats another: those that are compared, and the label where
    both files have it. A summary of a reference has it not."""
    sources = [current] if reference is None else [current, reference]
    names = tuple(name for name in kinds if all(name in source.columns for source in sources))
    label = request.label
    if label is None or label in kinds or reference is None:
        return names
    in_both = all(source.columns.get(label, "absent") is None for source in sources)
    return (*names, label) if in_both else names

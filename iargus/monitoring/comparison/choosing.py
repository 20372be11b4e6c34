"""Which columns of two files are compared, and how each is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from iargus.errors import DataError, UsageError
from iargus.monitoring.comparison.labels import LabelKind, label_kind
from iargus.monitoring.comparison.request import Request
from iargus.monitoring.comparison.roles import no_features
from iargus.monitoring.stats.drift.summary import Kinds, kind_of
from iargus.tables.frames.source import FrameSource

_IGNORED = "as --ignore asks"


@dataclass(frozen=True)
class Chosen:
    """`passed_over` are columns that are not compared, each with the reason."""

    kinds: Kinds
    passed_over: Mapping[str, str]


def kinds_of_file(source: FrameSource, current: FrameSource, request: Request) -> Chosen:
    """What can be compared of the reference, all of it or what is asked for.

    Raises:
        DataError: a column that is asked for is not there or cannot be compared.
        UsageError: a column is asked for and ignored.
    """
    _check_named(source.columns, source.path, request)
    for name in (*request.columns, *request.keep):
        if source.columns[name] is not None:
            raise DataError(f"{source.path}: the column {name!r} has {source.columns[name]}")
    for name in request.ignore:
        if name not in source.columns and name not in current.columns:
            raise DataError(f"{source.path}: no column {name!r} to ignore")
    wanted = request.columns or tuple(source.columns)
    passed_over = {name: why for name in wanted if (why := source.columns[name]) is not None}
    passed_over |= {name: _IGNORED for name in request.ignore if name in wanted}
    readable = [name for name in wanted if name not in passed_over and name != request.label]
    sample = source.sample(readable)
    # What somebody has named is what he says it is.
    named = {*request.columns, *request.keep, request.prediction}
    doubtful = [name for name in readable if name not in named]
    both = [name for name in doubtful if current.columns.get(name, "") is None]
    passed_over |= no_features(sample[doubtful], current.sample(both), index=source.index)
    kinds = {name: kind_of(sample[name]) for name in readable if name not in passed_over}
    return Chosen(kinds, passed_over)


def kinds_of_summary(kinds: Kinds, path: Path, current: FrameSource, request: Request) -> Chosen:
    """The same where only a summary of the reference is left.

    Raises:
        DataError: a column that is asked for is not there.
        UsageError: a column is asked for and ignored.
    """
    _check_named(kinds, path, request)
    wanted = [name for name in request.columns or tuple(kinds) if name != request.label]
    passed_over = {name: _IGNORED for name in request.ignore if name in wanted}
    named = {*request.columns, *request.keep, *request.ignore, request.prediction}
    doubtful = [
        name for name in wanted if name not in named and current.columns.get(name, "") is None
    ]
    passed_over |= no_features(None, current.sample(doubtful), index=current.index)
    return Chosen({name: kinds[name] for name in wanted if name not in passed_over}, passed_over)


def common(chosen: Chosen, current: FrameSource, request: Request) -> Chosen:
    """What of that the current file can be compared in; a column that it lacks is all missing.

    Raises:
        DataError: it lacks a column that is needed, or has nothing in common with the reference.
    """
    for name in request.needed:
        if name not in current.columns:
            raise DataError(f"{current.path}: no column {name!r}")
        if current.columns[name] is not None:
            raise DataError(f"{current.path}: the column {name!r} has {current.columns[name]}")
    passed_over = dict(chosen.passed_over) | dict(_new(chosen, current, request))
    kinds = {name: kind for name, kind in chosen.kinds.items() if name not in passed_over}
    if not any(name in current.columns for name in kinds):
        reasons = _reasons(chosen, current)
        raise DataError(f"{current.path}: no column in common with the reference{reasons}")
    return Chosen(kinds, passed_over)


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


def _check_named(names: Collection[str], path: Path, request: Request) -> None:
    for name in (*request.columns, *request.keep):
        if name in request.ignore:
            raise UsageError(f"the column {name!r} cannot be both compared and ignored")
        if name not in names:
            raise DataError(f"{path}: no column {name!r}")


def _new(chosen: Chosen, current: FrameSource, request: Request) -> Iterator[tuple[str, str]]:
    for name, why in current.columns.items():
        if name in chosen.kinds and why is not None:
            yield name, f"{why} in the current file"
        elif not request.columns and name not in (
            *chosen.kinds,
            *chosen.passed_over,
            request.label,
        ):
            yield name, _IGNORED if name in request.ignore else "not in the reference"


def _reasons(chosen: Chosen, current: FrameSource) -> str:
    """Why what both files have is not compared."""
    common = [name for name in current.columns if name in chosen.passed_over]
    if not common:
        return ""
    return " that can be compared: " + ", ".join(
        f"{name} ({chosen.passed_over[name]})" for name in common[:3]
    )

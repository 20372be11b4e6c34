"""Which columns of two files are compared, and how each is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from iargus.errors import DataError
from iargus.monitoring.drift.summary import Kind, Kinds, kind_of
from iargus.monitoring.files.request import Request
from iargus.monitoring.files.source import Source

_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?")
_DATES_LOOKED_AT = 100


@dataclass(frozen=True)
class Chosen:
    """`passed_over` are columns that are not compared, each with the reason."""

    kinds: Kinds
    passed_over: Mapping[str, str]


def kinds_of_file(source: Source, request: Request) -> Chosen:
    """What can be compared of the reference, all of it or what is asked for.

    Raises:
        DataError: a column that is asked for is not there or cannot be compared.
    """
    for name in request.columns:
        if name not in source.columns:
            raise DataError(f"{source.path}: no column {name!r}")
        if source.columns[name] is not None:
            raise DataError(f"{source.path}: the column {name!r} has {source.columns[name]}")
    wanted = request.columns or tuple(source.columns)
    passed_over = {name: why for name in wanted if (why := source.columns[name]) is not None}
    readable = [name for name in wanted if name not in passed_over and name != request.label]
    sample = source.sample(readable)
    dates = {name for name in readable if name not in request.columns and _dates(sample[name])}
    passed_over |= dict.fromkeys(dates, "times, which always change")
    kinds = {name: kind_of(sample[name]) for name in readable if name not in dates}
    return Chosen(kinds, passed_over)


def common(chosen: Chosen, current: Source, request: Request) -> Chosen:
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
        raise DataError(f"{current.path}: no column in common with the reference")
    return Chosen(kinds, passed_over)


def is_classes(source: Source, request: Request) -> bool:
    """Whether labels are names, as far as the first rows tell."""
    if request.classes or request.label is None:
        return request.classes
    return kind_of(source.sample([request.label])[request.label]) is not Kind.NUMBER


def _new(chosen: Chosen, current: Source, request: Request) -> Iterator[tuple[str, str]]:
    for name, why in current.columns.items():
        if name in chosen.kinds and why is not None:
            yield name, f"{why} in the current file"
        elif not request.columns and name not in (
            *chosen.kinds,
            *chosen.passed_over,
            request.label,
        ):
            yield name, "not in the reference"


def _dates(column: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(column):
        return False
    values = column.dropna().head(_DATES_LOOKED_AT).map(str)
    return len(values) > 0 and all(_DATE.fullmatch(value) for value in values)

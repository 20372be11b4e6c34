"""Labelled rows of any task of `labelled_examples`: features by the names that requests use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import AliasChoices

from iargus.errors import DataError
from iargus.tasks.base import Task
from iargus.training.importers.candidate import Candidate, Pick, Reading, RowRejected, Survey
from iargus.training.importers.columns import find_column, locate
from iargus.training.importers.documents import read_document
from iargus.training.importers.moments import MomentColumn
from iargus.training.importers.records import FileOptions, RecordFile
from iargus.training.importers.tables import read_table

LABEL = "label"
LABEL_NAMES = ("label", "intent")
MOMENT = "observed_at"


def fields_of(task: Task) -> tuple[str, ...]:
    """What `--column` may map for a task."""
    return (*task.features, LABEL, MOMENT)


@dataclass(frozen=True)
class ExampleColumns:
    """The layout of a file of examples; `mapping` gives columns to features and label."""

    task: Task
    mapping: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None

    def open(self, path: Path, options: FileOptions) -> RecordFile:
        if path.suffix.lower() == ".json":
            return read_document(path, options)
        return read_table(path, options, name_columns=lambda row: self._names(path, row))

    def survey(self, path: Path, names: Sequence[str], *, now: datetime) -> Survey:
        found = locate(path, names, _known_names(self.task), self.mapping, optional=(MOMENT,))
        index = {name: list(names).index(column) for name, column in found.items()}
        return ExampleSurvey(self.task, index, MomentColumn(MOMENT, self.date_format, now=now))

    def _names(self, path: Path, first: Sequence[str]) -> Sequence[str] | None:
        """Names for the columns of a file without a header: text, then label."""
        task = self.task
        known = _known_names(task)
        is_header = bool(self.mapping) or (
            find_column(first, known[LABEL]) is not None
            and any(find_column(first, known[name]) is not None for name in task.features)
        )
        if is_header:
            return None
        if len(task.features) == 1 and len(first) == 2:
            return [task.features[0], LABEL]
        raise DataError(
            f"{path} should have a column for {', '.join(task.features)} and for the label, "
            f"named in its first line; that line has {len(first)} fields: "
            f"{', '.join(name[:40] for name in first[:10])}. Name the columns with --column, or "
            "the separator with --delimiter"
        )


class ExampleSurvey:
    """Looks at the times of the whole file, where it has any, then reads its rows."""

    def __init__(self, task: Task, index: Mapping[str, int], moments: MomentColumn) -> None:
        self._task, self._index, self._moments = task, index, moments
        self._moment_at = index.get(MOMENT)
        self.has_times = self._moment_at is not None

    def look(self, values: Sequence[Any]) -> None:
        if self._moment_at is not None:
            self._moments.look(values[self._moment_at])

    def settle(self) -> Reading:
        return Reading(self._pick(), self._moments.settle())

    def _pick(self) -> Pick:
        task, index, moments, moment_at = self._task, self._index, self._moments, self._moment_at
        required = {
            name for name, info in task.input_model.model_fields.items() if info.is_required()
        }
        columns = [(name, index[name], _request_name(task, name)) for name in task.features]
        label = index[LABEL]

        def pick(values: Sequence[Any]) -> Candidate:
            body = {}
            for name, column, alias in columns:
                value = values[column]
                # An empty field means "unknown" where that is allowed, and "" where it is not.
                is_blank = value is None or (isinstance(value, str) and not value.strip())
                if not is_blank or (name in required and value is not None):
                    body[alias] = value
            when = None
            if moment_at is not None:
                if values[moment_at] in (None, ""):
                    raise RowRejected(f"{MOMENT} is missing")
                when = moments.read(values[moment_at])
            return Candidate(body, values[label], when)

        return pick


def _known_names(task: Task) -> dict[str, Sequence[str]]:
    names: dict[str, Sequence[str]] = {name: _aliases(task, name) for name in task.features}
    taken = {alias for aliases in names.values() for alias in aliases}
    names[LABEL] = [name for name in LABEL_NAMES if name not in taken]
    names[MOMENT] = [MOMENT]
    return names


def _aliases(task: Task, feature: str) -> list[str]:
    info = task.input_model.model_fields.get(feature)
    alias = None if info is None else info.validation_alias
    found = [feature]
    if isinstance(alias, AliasChoices):
        found += [choice for choice in alias.choices if isinstance(choice, str)]
    elif isinstance(alias, str):
        found.append(alias)
    return list(dict.fromkeys(found))


def _request_name(task: Task, feature: str) -> str:
    """The name under which `input_model` takes a feature."""
    info = task.input_model.model_fields.get(feature)
    alias = None if info is None else info.validation_alias
    if isinstance(alias, AliasChoices):
        alias = next((choice for choice in alias.choices if isinstance(choice, str)), None)
    return alias if isinstance(alias, str) else feature

"""Labelled rows of any task of `labelled_examples`: features by the names that requests use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from iargus.errors import DataError
from iargus.tables import Table, TableOptions, open_table
from iargus.tasks.base import Task
from iargus.training.importers.candidate import Candidate, RowRejected, Survey
from iargus.training.importers.columns import locate
from iargus.training.importers.names import LABEL, TIMESTAMP, known_names, request_name
from iargus.training.importers.timestamps import TimestampColumn
from iargus.training.importers.understanding import Understanding, Understood


@dataclass
class ExampleColumns:
    """The layout of a file of examples.

    Attributes:
        mapping: the columns of features and label, where a user says which they are.
        header: whether the first row of a table names its columns; None: its content tells.
        confirmed: somebody saw what was understood, or said that it need not be seen.
    """

    task: Task
    mapping: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None
    header: bool | None = None
    confirmed: bool = False
    _understood: Understood | None = field(default=None, init=False, repr=False)

    def open(self, path: Path, options: TableOptions) -> Table:
        understanding = Understanding(self.task, self.mapping, self.header)
        table = open_table(path, options, name_columns=understanding.name_columns)
        try:
            self._understood = understanding.of(table)
        except BaseException:
            table.close()
            raise
        return table

    def understand(self, path: Path, options: TableOptions) -> Understood:
        """What `open` would take for what, without a row being imported.

        Raises:
            DataError: the file cannot be read, or a column is missing.
        """
        self.open(path, options).close()
        assert self._understood is not None
        return self._understood

    def survey(self, path: Path, names: Sequence[str], *, now: datetime) -> Survey:
        understood, mapping = self._understood, self.mapping
        if understood is not None:
            if understood.question is not None and not self.confirmed:
                raise DataError(understood.refused(path))
            mapping = understood.columns
        found = locate(path, names, known_names(self.task), mapping, optional=(TIMESTAMP,))
        index = {name: list(names).index(column) for name, column in found.items()}
        return _ExampleSurvey(self.task, index, self.date_format, now=now)


class _ExampleSurvey:
    """Looks at the times of the whole file, where it has any, then reads its rows."""

    def __init__(
        self, task: Task, index: Mapping[str, int], date_format: str | None, *, now: datetime
    ) -> None:
        fields = task.input_model.model_fields.items()
        required = {name for name, info in fields if info.is_required()}
        self._columns = [
            (index[name], request_name(task, name), name in required) for name in task.features
        ]
        self._label_at, self._timestamp_at = index[LABEL], index.get(TIMESTAMP)
        self._timestamps = TimestampColumn(TIMESTAMP, date_format, now=now)
        self.has_times = self._timestamp_at is not None
        self.needs_review = self.has_times and date_format is None

    def look(self, values: Sequence[Any]) -> None:
        if self._timestamp_at is not None:
            self._timestamps.look(values[self._timestamp_at])

    def settle(self) -> tuple[str, ...]:
        return self._timestamps.settle()

    def pick(self, values: Sequence[Any]) -> Candidate:
        body = {}
        for column, name, is_required in self._columns:
            value = values[column]
            # An empty field means "unknown" where that is allowed, and "" where it is not.
            is_blank = value is None or (isinstance(value, str) and not value.strip())
            if not is_blank or (is_required and value is not None):
                body[name] = value
        when = None
        if self._timestamp_at is not None:
            if values[self._timestamp_at] in (None, ""):
                raise RowRejected(f"{TIMESTAMP} is missing")
            when = self._timestamps.read(values[self._timestamp_at])
        return Candidate(body, values[self._label_at], when)

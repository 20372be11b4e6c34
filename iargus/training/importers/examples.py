"""Labelled rows of any task of `labelled_examples`: features by the names that requests use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from iargus.errors import DataError
from iargus.tables import open_table
from iargus.tasks.base import Task
from iargus.training.importers.candidate import Survey
from iargus.training.importers.columns import locate
from iargus.training.importers.example_values import ExampleSurvey
from iargus.training.importers.names import TIMESTAMP, fields_of, known_names
from iargus.training.importers.records import FileOptions, RecordFile
from iargus.training.importers.timestamps import TimestampColumn
from iargus.training.importers.understanding import Understanding, Understood

__all__ = ["ExampleColumns", "fields_of"]


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

    def open(self, path: Path, options: FileOptions) -> RecordFile:
        understanding = Understanding(self.task, self.mapping, self.header)
        table = open_table(path, options, name_columns=understanding.name_columns)
        try:
            self._understood = understanding.of(table)
        except BaseException:
            table.close()
            raise
        return table

    def understand(self, path: Path, options: FileOptions) -> Understood:
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
        return ExampleSurvey(
            self.task, index, TimestampColumn(TIMESTAMP, self.date_format, now=now)
        )

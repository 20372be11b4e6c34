"""Labelled rows of any task of `labelled_examples`: features by the names that requests use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iargus.errors import DataError
from iargus.tables import open_table
from iargus.tasks.base import Task
from iargus.training.importers.candidate import Candidate, Pick, RowRejected, parse_moment
from iargus.training.importers.columns import locate
from iargus.training.importers.names import LABEL, MOMENT, fields_of, known_names, request_name
from iargus.training.importers.records import FileOptions, RecordFile
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

    def picker(self, path: Path, names: Sequence[str]) -> tuple[Pick, bool]:
        task, understood = self.task, self._understood
        mapping = self.mapping
        if understood is not None:
            if understood.question is not None and not self.confirmed:
                raise DataError(understood.refused(path))
            mapping = understood.columns
        found = locate(path, names, known_names(task), mapping, optional=(MOMENT,))
        required = {
            name for name, info in task.input_model.model_fields.items() if info.is_required()
        }
        aliases = {name: request_name(task, name) for name in task.features}
        index = {name: list(names).index(column) for name, column in found.items()}
        columns = [(name, index[name], aliases[name]) for name in task.features]
        label, moment, form = index[LABEL], index.get(MOMENT), self.date_format

        def pick(values: Sequence[Any]) -> Candidate:
            body = {}
            for name, column, alias in columns:
                value = values[column]
                # An empty field means "unknown" where that is allowed, and "" where it is not.
                is_blank = value is None or (isinstance(value, str) and not value.strip())
                if not is_blank or (name in required and value is not None):
                    body[alias] = value
            when = None
            if moment is not None:
                if values[moment] in (None, ""):
                    raise RowRejected(f"{MOMENT} is missing")
                when = parse_moment(str(values[moment]), form)
            return Candidate(body, values[label], when)

        return pick, moment is not None

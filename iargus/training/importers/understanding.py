"""Which columns of a file are which: by their names, by what a user says, or by content.

What only the content tells is a question, unless it leaves no doubt: nothing is stored on a guess
that nobody has seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iargus.errors import DataError
from iargus.tables import Record, Table
from iargus.tasks.base import Problem, Task
from iargus.training.importers.columns import (
    ColumnContent,
    check_twice,
    find_column,
    label_and_text,
    listed,
    locate,
)
from iargus.training.importers.names import LABEL, TIMESTAMP, known_names, text_feature

SAMPLE_ROWS = 1_000
_SHOWN_ROWS = 3
_FEW_ROWS = 10  # too few to wonder that every label is another one
_MOST_LABELS = 0.7
_NUMBERS = 0.5  # of the values
_WORDS = 1.5  # on average, where most values may be sentences
_COUNTED_LABELS = 10_000  # enough to say that they are too many
_NAME = re.compile(r"[\w .:#()/-]*[\w)]")


@dataclass(frozen=True)
class Understood:
    """What is going to be imported.

    Attributes:
        description: the format and how it is read.
        columns: the column of each field.
        rows: the first rows by field.
        labels: how many labels there are in `looked_at` rows, all that the file has.
        notes: what was decided by content.
        question: what a person should confirm before anything is stored; None where it is certain.
    """

    description: str
    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]]
    labels: int
    looked_at: int
    notes: Sequence[str] = ()
    question: str | None = None

    def refused(self, path: Path) -> str:
        """One line for where nobody can be asked."""
        first = self.rows[0] if self.rows else {}
        shown = ", ".join(f"{name} {str(value)[:40]!r}" for name, value in first.items())
        return (
            f"{path}: {self.question} Understood so far: {self.description}; the first row has "
            f"{shown}. Say --yes if that is right, or name the columns with --column"
        )


class Understanding:
    """Looks at a file for one task."""

    def __init__(self, task: Task, mapping: Mapping[str, str], header: bool | None) -> None:
        self._task, self._mapping, self._header = task, mapping, header
        self._known = known_names(task)
        self._text = text_feature(task)
        self._notes: list[str] = []
        self._question: str | None = None

    def name_columns(self, rows: Sequence[Sequence[Any]]) -> Sequence[str] | None:
        """Names for the columns of a table whose first row is data; see `tables.NameColumns`.

        Raises:
            DataError: nothing tells which column is which.
        """
        first = [str(cell).strip() for cell in rows[0]]
        if self._header or (self._header is None and self._is_named(first)):
            return None
        if self._header is None and self._mapping:
            return None  # who names columns means that they have names
        body = [row for row in rows if len(row) == len(first)]
        if self._text is None or len(first) < 2:
            raise self._no_columns(first)
        contents = [ColumnContent.of(body, i) for i in range(len(first))]
        label, text, is_certain = label_and_text(contents)
        if self._header is None and not self._is_data(first, body, label):
            return None
        if len(first) != 2:
            raise self._no_columns(first)
        names = ["", ""]
        names[text], names[label] = self._text, LABEL
        order = "text, then label" if label == 1 else "label, then text"
        self._notes.append(f"no header; {order}, as their content tells")
        if not self._recurs(body, label) and self._header is None:
            self._question = (
                f"is the first line, {' | '.join(cell[:40] for cell in first)!r}, a row, or the "
                "names of the columns (--header)?"
            )
        elif not is_certain or len(body) < _FEW_ROWS:
            self._question = "too little tells which of the two columns is the label."
        return names

    def of(self, table: Table) -> Understood:
        """What the table's columns are, and whether a person should confirm that.

        Raises:
            DataError: a column is missing, or nothing tells which it is.
        """
        check_twice(table.path, table.names)
        sample = [record for record in table.head(SAMPLE_ROWS) if record.problem is None]
        columns = self._located(table, sample)
        place = {name: list(table.names).index(column) for name, column in columns.items()}
        shown = [
            {name: record.values[at] for name, at in place.items()}
            for record in sample[:_SHOWN_ROWS]
        ]
        labels, rows = _labels(table, place[LABEL])
        self._doubt_labels(columns, labels, rows)
        notes, question = tuple(self._notes), self._question
        return Understood(table.description(), columns, shown, labels, rows, notes, question)

    def _located(self, table: Table, sample: Sequence[Record]) -> dict[str, str]:
        names, mapping = table.names, dict(self._mapping)
        for field, column in table.roles.items():
            name = self._text if field == "text" else field
            if name is not None:
                mapping.setdefault(name, column)
        if self._text is not None:
            self._tell_by_content(table, sample, mapping)
        return locate(table.path, names, self._known, mapping, optional=(TIMESTAMP,))

    def _tell_by_content(
        self, table: Table, sample: Sequence[Record], mapping: dict[str, str]
    ) -> None:
        """Complete `mapping` where names do not tell the text and the label."""
        names = list(table.names)
        found = {
            field: mapping.get(field) or find_column(names, self._known[field])
            for field in (self._text or "", LABEL)
        }
        missing = [field for field, column in found.items() if column is None]
        left = [at for at, name in enumerate(names) if name not in found.values()]
        if not missing or len(left) < len(missing) or not sample:
            return
        contents = [ColumnContent.of([record.values for record in sample], at) for at in left]
        if len(missing) == 2:
            label, text, _ = label_and_text(contents)
            has_sentences = contents[text].words >= _WORDS and contents[text].numbers < _NUMBERS
            if not has_sentences or contents[label].numbers > _NUMBERS:
                return
            mapping[LABEL], mapping[self._text or ""] = names[left[label]], names[left[text]]
        elif len(left) == 1:
            mapping[missing[0]] = names[left[0]]
        else:
            return  # `locate` lists the columns
        told_by = " and ".join(f"{mapping[field]!r} as {field}" for field in missing)
        self._notes.append(f"{told_by}: not their names, only their content tells")
        self._question = (
            f"no column is called like {' or '.join(missing)}; its columns are {listed(names)}, "
            f"and {told_by} is a guess."
        )

    def _doubt_labels(self, columns: Mapping[str, str], labels: int, rows: int) -> None:
        if self._task.problem is not Problem.CLASSIFICATION or self._question is not None:
            return
        if rows >= _FEW_ROWS and (labels > _MOST_LABELS * rows or labels >= _COUNTED_LABELS):
            self._question = (
                f"the column {columns[LABEL]!r}, taken for the label, has {labels:,} values in "
                f"{rows:,} rows; a label has few."
            )

    def _is_named(self, first: Sequence[str]) -> bool:
        """Whether a first row holds the names of the label and of a feature."""
        label = find_column(first, [self._mapping.get(LABEL) or "", *self._known[LABEL]])
        others = [cell for cell in first if cell != label]
        return label is not None and any(
            find_column(others, [self._mapping.get(name) or "", *self._known[name]]) is not None
            for name in self._task.features
        )

    def _is_data(self, first: Sequence[str], rows: Sequence[Sequence[Any]], label: int) -> bool:
        """Whether a first row is one like those below it, and not names that nobody knows."""
        if any(find_column([cell], names) for cell in first for names in self._known.values()):
            return any(" " in cell for cell in first) and self._recurs(rows, label)
        if self._recurs(rows, label):
            return True
        # A name of a column is a word or two; a sentence is none.
        return len(rows) < 2 or any(
            cell.count(" ") >= 2 or not _NAME.fullmatch(cell) for cell in first
        )

    @staticmethod
    def _recurs(rows: Sequence[Sequence[Any]], label: int) -> bool:
        return any(row[label] == rows[0][label] for row in rows[1:])

    def _no_columns(self, first: Sequence[str]) -> DataError:
        task = self._task
        return DataError(
            f"the file should have a column for {', '.join(task.features)} and for the label, "
            f"named in its first line; that line has {len(first)} fields: "
            f"{', '.join(name[:40] for name in first[:10])}. Name the columns with --column, or "
            "the separator with --delimiter"
        )


def _labels(table: Table, place: int) -> tuple[int, int]:
    """How many labels the whole file has, as far as they are counted, and how many rows."""
    labels: set[str] = set()
    rows = 0
    for record in table.read():
        if record.problem is None:
            rows += 1
            if record.values[place] is not None and len(labels) < _COUNTED_LABELS:
                labels.add(str(record.values[place]).strip())
    return len(labels), rows

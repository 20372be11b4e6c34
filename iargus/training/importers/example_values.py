"""The values of a file of examples: when each was observed, its features and its label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iargus.tasks.base import Task
from iargus.training.importers.candidate import Candidate, Pick, Reading, RowRejected
from iargus.training.importers.names import LABEL, TIMESTAMP, request_name
from iargus.training.importers.timestamps import TimestampColumn


class ExampleSurvey:
    """Looks at the times of the whole file, where it has any, then reads its rows."""

    def __init__(self, task: Task, index: Mapping[str, int], timestamps: TimestampColumn) -> None:
        self._task, self._index, self._timestamps = task, index, timestamps
        self._timestamp_at = index.get(TIMESTAMP)
        self.has_times = self._timestamp_at is not None
        self.needs_review = self.has_times and timestamps.needs_review

    def look(self, values: Sequence[Any]) -> None:
        if self._timestamp_at is not None:
            self._timestamps.look(values[self._timestamp_at])

    def settle(self) -> Reading:
        return Reading(self._pick(), self._timestamps.settle())

    def _pick(self) -> Pick:
        task, index, timestamps, timestamp_at = (
            self._task,
            self._index,
            self._timestamps,
            self._timestamp_at,
        )
        required = {
            name for name, info in task.input_model.model_fields.items() if info.is_required()
        }
        columns = [(name, index[name], request_name(task, name)) for name in task.features]
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
            if timestamp_at is not None:
                if values[timestamp_at] in (None, ""):
                    raise RowRejected(f"{TIMESTAMP} is missing")
                when = timestamps.read(values[timestamp_at])
            return Candidate(body, values[label], when)

        return pick

"""The values of a file of examples: when each was observed, its features and its label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iargus.tasks.base import Task
from iargus.training.importers.candidate import Candidate, Pick, Reading, RowRejected
from iargus.training.importers.moments import MomentColumn
from iargus.training.importers.names import LABEL, MOMENT, request_name


class ExampleSurvey:
    """Looks at the times of the whole file, where it has any, then reads its rows."""

    def __init__(self, task: Task, index: Mapping[str, int], moments: MomentColumn) -> None:
        self._task, self._index, self._moments = task, index, moments
        self._moment_at = index.get(MOMENT)
        self.has_times = self._moment_at is not None
        self.needs_look = self.has_times and moments.needs_look

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
            if moment_at is not None:
                if values[moment_at] in (None, ""):
                    raise RowRejected(f"{MOMENT} is missing")
                when = moments.read(values[moment_at])
            return Candidate(body, values[label], when)

        return pick

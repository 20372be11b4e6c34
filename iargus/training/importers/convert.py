"""Candidates become labelled rows by the rules of their task: those that requests obey too."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

import pandas as pd
from pydantic import ValidationError

from iargus.errors import LabelInvalid
from iargus.tasks.base import Task
from iargus.training.importers.candidate import Candidate, RowRejected
from iargus.training.importers.keys import KeyMaker

Values = tuple[Any, ...]


class Converter:
    """Checks rows one by one: `input_model` and `check_label` stay the only source of rules,
    and take 5 microseconds together, a tenth of what a database takes for a row."""

    def __init__(
        self, task: Task, *, observed_at: datetime, in_key: bool, keys: KeyMaker | None = None
    ) -> None:
        """`observed_at` counts where a row has no time; `in_key` says whether it was asked for,
        and is part of what a row is."""
        self._task = task
        self._observed_at = observed_at
        self._in_key = in_key
        self._keys = keys or KeyMaker()
        self.placeholders: Counter[str] = Counter()
        self.columns = [*task.features, "label", "observed_at", "row_key"]

    def convert(self, candidate: Candidate) -> Values:
        """The values of a labelled row in the order of `columns`.

        Raises:
            RowRejected: the row breaks a rule of its task.
        """
        moment = candidate.observed_at or self._observed_at
        payload = self._payload(candidate, moment.date())
        label = self._label(candidate.label)
        for name in candidate.unknown:
            payload[name] = None
        values = (*(payload[name] for name in self._task.features), label)
        is_part = self._in_key or candidate.observed_at is not None
        # The key is that of the row as it was written: what counts as a placeholder may change.
        key = self._keys.key((*values, moment.isoformat() if is_part else None))
        stand_in = self._task.placeholder(payload, moment.date())
        if stand_in is not None:
            payload[stand_in] = None
            self.placeholders[stand_in] += 1
            values = (*(payload[name] for name in self._task.features), label)
        return (*values, moment, key)

    def frame(self, rows: list[Values]) -> pd.DataFrame:
        """Rows as `LabelledStore.add` takes them."""
        return pd.DataFrame.from_records(rows, columns=self.columns)

    def _payload(self, candidate: Candidate, day: date) -> dict[str, Any]:
        try:
            value = self._task.parse_input(candidate.body, today=day)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            name = ".".join(str(part) for part in first["loc"]) or "row"
            raise RowRejected(f"{name}: {first['msg']}") from None
        return self._task.payload(value)

    def _label(self, given: Any) -> float | str:
        if given is None or given == "":
            raise RowRejected("the label is missing")
        try:
            label = self._task.check_label(given)
        except LabelInvalid as error:
            raise RowRejected("the label is refused", str(error)) from None
        if isinstance(label, str):
            try:
                label.encode()
            except UnicodeEncodeError:
                raise RowRejected("the label is refused", "it is no valid Unicode") from None
        return label

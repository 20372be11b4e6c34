"""A row on its way from a file to the store, and what a layout must do for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from iargus.errors import IArgusError
from iargus.tables import Table, TableOptions


class RowRejected(IArgusError):
    """Raised for a row that cannot be used: `reason` in general, the message in particular, the
    `value` that is wrong, and the `option` of the command that may mend it."""

    def __init__(
        self,
        reason: str,
        detail: str | None = None,
        *,
        value: object = None,
        option: str | None = None,
    ) -> None:
        super().__init__(detail or reason)
        self.reason, self.value, self.option = reason, value, option


@dataclass(slots=True)
class Candidate:
    """A row by the names of its task. `unknown` are features whose value was not written down:
    `body` has a stand-in for them, which the labelled row does not get."""

    body: dict[str, Any]
    label: Any
    observed_at: datetime | None
    unknown: tuple[str, ...] = ()


class Survey(Protocol):
    """Looks at every record of a file where a column has to be understood as a whole
    (`needs_review`), then makes candidates of the records."""

    has_times: bool
    needs_review: bool

    def look(self, values: Sequence[Any]) -> None:
        """Take the values of one record as evidence."""
        ...

    def settle(self) -> tuple[str, ...]:
        """Decide, after all records were looked at; sentences that say what for whole columns."""
        ...

    def pick(self, values: Sequence[Any]) -> Candidate:
        """
        Raises:
            RowRejected: the record cannot be used.
        """
        ...


class Layout(Protocol):
    """Where the values of a task are in a file."""

    def open(self, path: Path, options: TableOptions) -> Table: ...

    def survey(self, path: Path, names: Sequence[str], *, now: datetime) -> Survey:
        """Begin to read a file with these columns; `now` is naive UTC.

        Raises:
            DataError: a column is missing.
        """
        ...

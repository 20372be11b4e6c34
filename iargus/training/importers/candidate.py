"""A row on its way from a file to the store, and what a layout must do for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from iargus.errors import IArgusError
from iargus.training.importers.records import FileOptions, RecordFile


class RowRejected(IArgusError):
    """Raised for a row that cannot be used: `reason` in general, the message in particular."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(detail or reason)
        self.reason = reason


@dataclass(slots=True)
class Candidate:
    """A row by the names of its task. `unknown` are features whose value was not written down:
    `body` has a stand-in for them, which the labelled row does not get."""

    body: dict[str, Any]
    label: Any
    observed_at: datetime | None
    unknown: tuple[str, ...] = ()


Pick = Callable[[Sequence[Any]], Candidate]


class Layout(Protocol):
    """Where the values of a task are in a file."""

    def open(self, path: Path, options: FileOptions) -> RecordFile: ...

    def picker(self, path: Path, names: Sequence[str]) -> tuple[Pick, bool]:
        """Give what makes a candidate of a record's values (it raises `RowRejected`), and
        whether the file has times of its own.

        Raises:
            DataError: a column is missing.
        """
        ...


@lru_cache(maxsize=100_000)
def parse_moment(text: str, form: str | None) -> datetime:
    """Read a date or a time, in UTC where it has no zone; naive UTC in whole seconds.

    Raises:
        RowRejected: it is none, in ISO 8601 or the form that was given (`strptime`).
    """
    try:
        moment = (
            datetime.fromisoformat(text.strip())
            if form is None
            else datetime.strptime(text.strip(), form)
        )
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        shape = form or "YYYY-MM-DD"
        raise RowRejected("the date cannot be read", f"{text!r} is no date like {shape}") from None
    if moment.year < 1900:
        raise RowRejected("the date cannot be right", f"{text!r} is before 1900")
    return moment.replace(microsecond=0)

"""The column of a file that says when a row was observed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from iargus.tables.values.date_columns import DateColumn, decide_order
from iargus.tables.values.dates import ZONES, DateInvalid, naive_utc, split_date, timestamp_of
from iargus.training.importers.candidate import RowRejected

OPTION = "--date-format"
FIRST_YEAR = 1900
_CACHED = 100_000


class TimestampColumn:
    """Looks at all dates of a column, then reads each: naive UTC in whole seconds.

    Where `form` is given (`strptime`), nothing is looked at. What is after tomorrow is rejected:
    tomorrow is today already, east of Greenwich.
    """

    def __init__(self, name: str, form: str | None, *, now: datetime) -> None:
        self.name = name
        self._form = form
        self._column = DateColumn(name)
        self._limit = day_after_tomorrow(now)
        self._day_first: dict[str, bool] = {}
        self._read: dict[str, datetime] = {}

    def look(self, value: Any) -> None:
        """Take one value as evidence."""
        if self._form is None and type(value) is str and value[4:5] != "-":
            self._column.look(value)

    def settle(self) -> tuple[str, ...]:
        """Decide, and give the sentences that say how."""
        if self._form is not None:
            return ()
        order = decide_order(self._column)
        self._day_first = order.day_first
        return order.because

    def read(self, value: Any) -> datetime:
        """One date or time.

        Raises:
            RowRejected: it is none, is ambiguous, or cannot be right.
        """
        text = value if type(value) is str else str(value)
        found = self._read.get(text)
        if found is None:
            if isinstance(value, datetime):
                return self._checked(value, naive_utc(value))
            if isinstance(value, date):
                return self._checked(value, datetime.combine(value, time()))
            found = self._checked(value, self._parsed(text))
            if len(self._read) < _CACHED:
                self._read[text] = found
        return found

    def _parsed(self, text: str) -> datetime:
        if self._form is not None:
            return self._by_form(text, self._form)
        if text[4:5] == "-":
            try:
                return naive_utc(datetime.fromisoformat(text))  # as most are, and sooner read
            except ValueError:
                pass
        try:
            written = split_date(text)
        except DateInvalid as error:
            raise RowRejected(
                f"{self.name} cannot be read", f"{error}; YYYY-MM-DD is", value=text, option=OPTION
            ) from None
        day_first = self._day_first.get(written.separator)
        try:
            return timestamp_of(written, day_first=day_first)
        except DateInvalid as error:
            undecided = day_first is None
            sign = written.separator
            forms = f"{OPTION} %d{sign}%m{sign}%Y or {OPTION} %m{sign}%d{sign}%Y"
            raise RowRejected(
                f"{self.name} may have the day first or the month"
                if undecided
                else f"{self.name} has another order than the rest of the file",
                f"{error}: say which with {forms}" if undecided else str(error),
                value=text,
                option=forms,
            ) from None

    def _by_form(self, text: str, form: str) -> datetime:
        try:
            return naive_utc(_strptime(text.strip(), form))
        except (ValueError, OverflowError):
            raise RowRejected(
                f"{self.name} is no date like {form}",
                f"{text!r} is no date like {form}, which {OPTION} asks for",
                value=text,
                option=OPTION,
            ) from None

    def _checked(self, value: Any, timestamp: datetime) -> datetime:
        if timestamp.year < FIRST_YEAR:
            raise RowRejected(
                f"{self.name} is before {FIRST_YEAR}", f"{value!s} is before 1900", value=value
            )
        if timestamp >= self._limit:
            last = self._limit.date() - timedelta(days=1)
            raise RowRejected(
                f"{self.name} is after tomorrow",
                f"{value!s} is after tomorrow, {last}: what is observed has happened",
                value=value,
            )
        return timestamp.replace(microsecond=0)


def day_after_tomorrow(now: datetime) -> datetime:
    """From then on nothing can have been observed yet, wherever on Earth."""
    return datetime.combine(now.date() + timedelta(days=2), time())


def _strptime(text: str, form: str) -> datetime:
    # Python's own %Z knows the names of this machine's zone only.
    names = [name for name in sorted(ZONES, key=len, reverse=True) if name in text.split("(")[-1]]
    if "%Z" not in form or not names:
        return datetime.strptime(text, form)
    timestamp = datetime.strptime(text.replace(names[0], "UTC"), form)
    if "%z" in form:
        return timestamp
    return timestamp.replace(tzinfo=UTC) - timedelta(hours=ZONES[names[0]])

"""The values of a file of sales: what each column holds, as a whole, and in one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from iargus.tasks.car_price.columns import FURTHER_NUMBERS
from iargus.training.importers.amounts import AmountColumn, unit_of_name
from iargus.training.importers.candidate import Candidate, Pick, Reading, RowRejected
from iargus.training.importers.timestamps import TimestampColumn

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "nat", "#n/a", "-"})
MAX_MISSING = 8
DEFAULT_UNIT = "mi"


@dataclass(frozen=True)
class CarValues:
    """Where the fields of a sale are in a record, and what the user said about them."""

    at: Mapping[str, int]
    make_in_model: bool
    mileage_column: str
    mileage_unit: str | None
    decimal: str | None
    currency: str
    date_format: str | None


class CarSurvey:
    """Looks at mileages, prices and dates of the whole file, then reads its rows."""

    def __init__(self, values: CarValues, *, now: datetime) -> None:
        self._values = values
        self._mileage = AmountColumn("mileage", values.at["mileage"], amounts=True)
        self._price = AmountColumn("price", values.at["price"])
        self._date_at = values.at.get("date_added")
        self._date = TimestampColumn("date_added", values.date_format, now=now)
        self.has_times = self._date_at is not None
        self.needs_review = True

    def look(self, values: Sequence[Any]) -> None:
        self._mileage.look(values)
        self._price.look(values)
        if self._date_at is not None:
            self._date.look(values[self._date_at])

    def settle(self) -> Reading:
        mileage, price, given = self._mileage, self._price, self._values
        said = (
            *mileage.settle(given.decimal, price),
            *price.settle(given.decimal, mileage),
            *mileage.settle_unit(
                given.mileage_unit, unit_of_name(given.mileage_column), default=DEFAULT_UNIT
            ),
            *self._date.settle(),
        )
        return Reading(self._pick(), said)

    def _pick(self) -> Pick:
        at, split, currency = self._values.at, self._values.make_in_model, self._values.currency
        make_at, model_at, year_at = at.get("make"), at["model"], at["year"]
        mileage_at, price_at = at["mileage"], at["price"]
        state_at, date_at = at.get("state"), self._date_at
        further = [(name, at[name]) for name in FURTHER_NUMBERS if name in at]
        mileages, prices, timestamps = self._mileage, self._price, self._date

        def pick(values: Sequence[Any]) -> Candidate:
            model: Any = _cell(values[model_at])
            make: Any
            if split and isinstance(model, str):
                make, _, rest = model.strip().partition(" ")
                model = rest.strip() or None
            else:
                make = None if make_at is None else _cell(values[make_at])
            year, price = _cell(values[year_at]), _cell(values[price_at])
            if year is None or make is None or model is None or price is None:
                given = {"year": year, "make": make, "model": model, "price": price}
                missing = next(name for name, value in given.items() if value is None)
                raise RowRejected(f"{missing} is missing")
            when = None
            if date_at is not None:
                date = _cell(values[date_at])
                if date is None:
                    raise RowRejected("date_added is missing")
                when = timestamps.read(date)
            mileage = _cell(values[mileage_at])
            miles, unit = (0, DEFAULT_UNIT) if mileage is None else mileages.distance(mileage)
            body = {
                "state": None if state_at is None else _cell(values[state_at]),
                "make": make,
                "model": model,
                "year": year,
                "mileage": miles,
                "mileage_unit": unit,
            }
            for name, place in further:
                body[name] = _cell(values[place])
            unknown = ("mileage",) if mileage is None else ()
            return Candidate(body, prices.money(price, currency), when, unknown)

        return pick


def _cell(value: Any) -> Any:
    """None where nothing is written down."""
    if type(value) is not str:
        return value
    # No word for "missing" is longer than that, or begins with a digit; most values are or do.
    if len(value) >= MAX_MISSING or "0" <= value[:1] <= "9":
        return value
    return None if value.strip().lower() in MISSING else value

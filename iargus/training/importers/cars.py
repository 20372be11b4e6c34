"""Sales of cars: columns by their own names, by a preset, or as `--column` says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from iargus.errors import ConfigurationError, DataError
from iargus.tables import Table, TableOptions, open_table
from iargus.tasks.car_price.columns import FURTHER_NUMBERS
from iargus.training.importers.amounts import AmountColumn, unit_of_name
from iargus.training.importers.candidate import Candidate, RowRejected, Survey
from iargus.training.importers.columns import check_twice, locate
from iargus.training.importers.timestamps import TimestampColumn

OPTIONAL = ("state", "date_added", *FURTHER_NUMBERS)
FIELDS = ("make", "model", "year", "mileage", "price", *OPTIONAL)
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "nat", "#n/a", "-"})
MAX_MISSING_CHARS = 8
DEFAULT_UNIT = "mi"


@dataclass(frozen=True)
class Preset:
    """The columns of a well-known file."""

    columns: Mapping[str, str]
    make_in_model: bool = False


PRESETS = {
    "vehicles-us": Preset(
        {
            "model": "model",
            "year": "model_year",
            "mileage": "odometer",
            "price": "price",
            "date_added": "date_posted",
        },
        make_in_model=True,
    ),
    "truecar": Preset(
        {
            "make": "Make",
            "model": "Model",
            "year": "Year",
            "mileage": "Mileage",
            "price": "Price",
            "state": "State",
        }
    ),
}


@dataclass(frozen=True)
class CarColumns:
    """The layout of a file of sales; `mapping` gives columns to fields and overrules a preset.

    `mileage_unit` None: as the fields or the name of their column say, and miles where they say
    nothing. `decimal` None: as the whole column shows.
    """

    preset: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    mileage_unit: str | None = None
    date_format: str | None = None
    decimal: str | None = None
    currency: str = "USD"

    def open(self, path: Path, options: TableOptions) -> Table:
        table = open_table(path, options)
        try:
            check_twice(path, table.names)
        except DataError:
            table.close()
            raise
        return table

    def survey(self, path: Path, names: Sequence[str], *, now: datetime) -> Survey:
        preset = PRESETS.get(self.preset or "", Preset({}))
        if self.preset is not None and self.preset not in PRESETS:
            known = ", ".join(PRESETS)
            raise ConfigurationError(f"no preset is called {self.preset!r}; try {known}")
        split = preset.make_in_model and "make" not in self.mapping
        wanted = {name: (name,) for name in FIELDS if not (split and name == "make")}
        columns = {**preset.columns, **self.mapping}
        found = locate(path, names, wanted, columns, optional=OPTIONAL)
        return _CarSurvey(self, names, found, make_in_model=split, now=now)


class _CarSurvey:
    """Looks at mileages, prices and dates of the whole file, then reads its rows."""

    needs_review = True

    def __init__(
        self,
        layout: CarColumns,
        names: Sequence[str],
        columns: Mapping[str, str],
        *,
        make_in_model: bool,
        now: datetime,
    ) -> None:
        self._layout, self._make_in_model = layout, make_in_model
        self._named_unit = unit_of_name(columns["mileage"])
        self._at = {name: list(names).index(column) for name, column in columns.items()}
        self._mileage = AmountColumn("mileage", amounts=True)
        self._price = AmountColumn("price")
        self._date = TimestampColumn("date_added", layout.date_format, now=now)
        self.has_times = "date_added" in columns

    def look(self, values: Sequence[Any]) -> None:
        self._mileage.look(values[self._at["mileage"]])
        self._price.look(values[self._at["price"]])
        if self.has_times:
            self._date.look(values[self._at["date_added"]])

    def settle(self) -> tuple[str, ...]:
        given = self._layout
        return (
            *self._mileage.settle(given.decimal, self._price),
            *self._price.settle(given.decimal, self._mileage),
            *self._mileage.settle_unit(given.mileage_unit, self._named_unit, default=DEFAULT_UNIT),
            *self._date.settle(),
        )

    def pick(self, values: Sequence[Any]) -> Candidate:
        cells = {name: _cell(values[at]) for name, at in self._at.items()}
        model = cells["model"]
        if self._make_in_model:
            cells["make"] = None
            if isinstance(model, str):
                cells["make"], _, rest = model.strip().partition(" ")
                cells["model"] = rest.strip() or None
        for name in ("year", "make", "model", "price"):
            if cells[name] is None:
                raise RowRejected(f"{name} is missing")
        when = None
        if self.has_times:
            if cells["date_added"] is None:
                raise RowRejected("date_added is missing")
            when = self._date.read(cells["date_added"])
        is_known = cells["mileage"] is not None
        mileage, unit = self._mileage.distance(cells["mileage"]) if is_known else (0, DEFAULT_UNIT)
        body = {
            "state": cells.get("state"),
            "make": cells["make"],
            "model": cells["model"],
            "year": cells["year"],
            "mileage": mileage,
            "mileage_unit": unit,
            **{name: cells[name] for name in FURTHER_NUMBERS if name in cells},
        }
        price = self._price.money(cells["price"], self._layout.currency)
        return Candidate(body, price, when, () if is_known else ("mileage",))


def _cell(value: Any) -> Any:
    """None where nothing is written down."""
    if type(value) is not str:
        return value
    # No word for "missing" is longer than that, or begins with a digit; most values are or do.
    if len(value) >= MAX_MISSING_CHARS or "0" <= value[:1] <= "9":
        return value
    return None if value.strip().lower() in MISSING else value

"""Sales of cars: columns by their own names, by a preset, or as `--column` says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iargus.errors import ConfigurationError, DataError
from iargus.tables import open_table
from iargus.training.importers.candidate import Candidate, Pick, RowRejected, parse_moment
from iargus.training.importers.columns import check_twice, locate
from iargus.training.importers.records import FileOptions, RecordFile

FIELDS = ("make", "model", "year", "mileage", "price", "state", "date_added")
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-"})
MAX_MISSING = 8
# $12,500 and 35,725: what people write for 12500 and 35725.
GROUPED = re.compile(r"\$?\s*\d{1,3}(,\d{3})+(\.\d+)?|\$\s*\d+(\.\d+)?")


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
    """The layout of a file of sales; `mapping` gives columns to fields and overrules a preset."""

    preset: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    mileage_unit: str = "mi"
    date_format: str | None = None

    def open(self, path: Path, options: FileOptions) -> RecordFile:
        table = open_table(path, options)
        try:
            check_twice(path, table.names)
        except DataError:
            table.close()
            raise
        return table

    def picker(self, path: Path, names: Sequence[str]) -> tuple[Pick, bool]:
        preset = self._preset()
        columns = {**preset.columns, **self.mapping}
        split = preset.make_in_model and "make" not in self.mapping
        wanted = {name: (name,) for name in FIELDS if not (split and name == "make")}
        found = locate(path, names, wanted, columns, optional=("state", "date_added"))
        index = {name: list(names).index(column) for name, column in found.items()}
        return self._pick(index, split=split), "date_added" in found

    def _preset(self) -> Preset:
        if self.preset is None:
            return Preset({})
        try:
            return PRESETS[self.preset]
        except KeyError:
            known = ", ".join(PRESETS)
            raise ConfigurationError(f"no preset is called {self.preset!r}; try {known}") from None

    def _pick(self, index: Mapping[str, int], *, split: bool) -> Pick:
        unit, form = self.mileage_unit, self.date_format
        make_at, model_at = index.get("make"), index["model"]
        year_at, mileage_at, price_at = index["year"], index["mileage"], index["price"]
        state_at, date_at = index.get("state"), index.get("date_added")

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
                when = parse_moment(str(date), form)
            mileage = _plain_number(_cell(values[mileage_at]))
            body = {
                "state": None if state_at is None else _cell(values[state_at]),
                "make": make,
                "model": model,
                "year": year,
                "mileage": 0 if mileage is None else mileage,
                "mileage_unit": unit,
            }
            unknown = ("mileage",) if mileage is None else ()
            return Candidate(body, _plain_number(price), when, unknown)

        return pick


def _cell(value: Any) -> Any:
    """None where nothing is written down."""
    if not isinstance(value, str):
        return value
    # No word for "missing" is longer than that, and most values are.
    return None if len(value) < MAX_MISSING and value.strip().lower() in MISSING else value


def _plain_number(value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
    if isinstance(value, str) and ("," in value or "$" in value) and GROUPED.fullmatch(value):
        return value.lstrip("$ ").replace(",", "")
    return value

"""Sales of cars: columns by their own names, by a preset, or as `--column` says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from iargus.errors import ConfigurationError, DataError
from iargus.tables import open_table
from iargus.tasks.car_price.columns import FURTHER_NUMBERS
from iargus.training.importers.candidate import Survey
from iargus.training.importers.car_values import CarSurvey, CarValues
from iargus.training.importers.columns import check_twice, locate
from iargus.training.importers.records import FileOptions, RecordFile

OPTIONAL = ("state", "date_added", *FURTHER_NUMBERS)
FIELDS = ("make", "model", "year", "mileage", "price", *OPTIONAL)


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

    def open(self, path: Path, options: FileOptions) -> RecordFile:
        table = open_table(path, options)
        try:
            check_twice(path, table.names)
        except DataError:
            table.close()
            raise
        return table

    def survey(self, path: Path, names: Sequence[str], *, now: datetime) -> Survey:
        preset = self._preset()
        columns = {**preset.columns, **self.mapping}
        split = preset.make_in_model and "make" not in self.mapping
        wanted = {name: (name,) for name in FIELDS if not (split and name == "make")}
        found = locate(path, names, wanted, columns, optional=OPTIONAL)
        values = CarValues(
            at={name: list(names).index(column) for name, column in found.items()},
            make_in_model=split,
            mileage_column=found["mileage"],
            mileage_unit=self.mileage_unit,
            decimal=self.decimal,
            currency=self.currency,
            date_format=self.date_format,
        )
        return CarSurvey(values, now=now)

    def _preset(self) -> Preset:
        if self.preset is None:
            return Preset({})
        try:
            return PRESETS[self.preset]
        except KeyError:
            known = ", ".join(PRESETS)
            raise ConfigurationError(f"no preset is called {self.preset!r}; try {known}") from None

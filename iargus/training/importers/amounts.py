"""Columns of mileages and prices: what their dots, commas, units and currencies mean."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from iargus.tables.values.number_columns import LEAST_AMOUNT, DecimalSign, NumberColumn, decide
from iargus.tables.values.numbers import (
    UNITS,
    NumberAmbiguous,
    NumberInvalid,
    Written,
    split_number,
    value_of,
)
from iargus.training.importers.candidate import RowRejected

DECIMAL = "--decimal"
_NAMES = {"mi": "miles", "km": "kilometres"}
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


class AmountColumn:
    """One column of a file; `look` at all of its values, `settle`, then read each."""

    def __init__(self, name: str, *, amounts: bool = False) -> None:
        self.name = name
        self.column = NumberColumn(name, amounts=amounts)
        self._sign = DecimalSign(None)
        self._unit: str | None = None
        self._unit_given = False

    def look(self, value: Any) -> None:
        """Take one value as evidence."""
        if type(value) is str:
            self.column.look(value)
        elif isinstance(value, int | float | Decimal):
            self.column.largest = LEAST_AMOUNT  # it is a number already, so nothing was lost

    def settle(self, given: str | None, other: AmountColumn) -> tuple[str, ...]:
        """Decide what dots and commas mean, and say so."""
        self._sign = decide(self.column, given=given, others=(other.column,))
        return () if self._sign.because is None else (self._sign.because,)

    def settle_unit(self, given: str | None, named: str | None, *, default: str) -> tuple[str, ...]:
        """Decide the unit of numbers without one: as `given` by the user, as the column is
        `named`, or as its other fields say."""
        seen = self.column.units
        if given is not None:
            self._unit, self._unit_given = given, True
            return ()
        if named is not None:
            self._unit = named
            if named == default and not seen - {named}:
                return ()
            return (f"{self.name} is read in {_NAMES[named]}, as the column is named",)
        if seen <= {default}:
            self._unit = default
            return ()
        # Some fields have another unit; what those without one have, nobody can say.
        self._unit = None
        units = " and ".join(_NAMES[unit] for unit in sorted(seen))
        return (f"{self.name} is read in {units}, as its fields say",)

    def distance(self, value: Any) -> tuple[Any, str]:
        """A number and its unit.

        Raises:
            RowRejected: it is none, or has a unit that contradicts what the user said.
        """
        number, written = self._read(value)
        if written is None:
            return number, self._bare_unit(value)
        if written.currency is not None:
            raise RowRejected(f"{self.name} is an amount of money", value=value)
        unit = written.unit or self._bare_unit(value)
        if self._unit_given and unit != self._unit:
            given = f"--mileage-unit {self._unit}"
            raise RowRejected(
                f"{self.name} is in {_NAMES[unit]}, but {given} was given",
                f"{value!r} is in {_NAMES[unit]}, but {given} was given",
                value=value,
                option=f"--mileage-unit {unit}, or none where each field has its own",
            )
        return self._number(written), unit

    def money(self, value: Any, currency: str) -> Any:
        """An amount of money in `currency`.

        Raises:
            RowRejected: it is none, or in another currency.
        """
        number, written = self._read(value)
        if written is None:
            return number
        if written.unit is not None:
            raise RowRejected(f"{self.name} is a distance", value=value)
        if written.currency is not None and written.currency != currency:
            raise RowRejected(
                f"{self.name} is in {written.currency}, not in {currency}",
                f"{value!r} is in {written.currency}, not in {currency}: nothing is converted",
                value=value,
                option=f"--currency {written.currency}, if all prices of the task are",
            )
        return self._number(written)

    def _read(self, value: Any) -> tuple[Any, Written | None]:
        """The number of a cell or of a plain text, or else a text taken apart."""
        if type(value) is not str:
            # Parquet has exact decimals, which are neither a float nor an int.
            return (float(value) if isinstance(value, Decimal) else value), None
        whole, point, rest = value.partition(".")
        if whole.isdecimal() and (not point or (rest.isdecimal() and self._sign.sign == ".")):
            return float(value), None
        try:
            return None, split_number(value)
        except NumberInvalid as error:
            raise RowRejected(f"{self.name} is no number", str(error), value=value) from None

    def _bare_unit(self, value: Any) -> str:
        if self._unit is None:
            raise RowRejected(
                f"{self.name} has no unit beside others that have one",
                f"{value!r} has no unit, but other rows have: say what it is with --mileage-unit",
                value=value,
                option="--mileage-unit mi or --mileage-unit km",
            )
        return self._unit

    def _number(self, written: Written) -> float:
        sign = self._sign
        has_sign = written.shows is not None or written.doubtful is not None
        if sign.refuse_all and has_sign:
            because = sign.because or ""
            raise RowRejected(
                because,
                f"{written.text!r}: {because}",
                value=written.text,
                option=f"{DECIMAL} . or {DECIMAL} ,",
            )
        try:
            return value_of(written, sign.sign)
        except NumberAmbiguous as error:
            mark = written.doubtful or "."
            other = "," if mark == "." else "."
            raise RowRejected(
                f"{self.name} may have thousands or decimals behind its {mark!r}",
                f"{error}: say which with {DECIMAL} {other} ({error.grouped:,.10g}) or "
                f"{DECIMAL} {mark} ({error.decimal:.10g})",
                value=written.text,
                option=f"{DECIMAL} {other} or {DECIMAL} {mark}",
            ) from None
        except NumberInvalid as error:
            raise RowRejected(
                f"{self.name} has another decimal sign than the rest of the file",
                str(error),
                value=written.text,
                option=DECIMAL,
            ) from None


def unit_of_name(column: str) -> str | None:
    """The unit that the name of a column tells, such as `odometer_km` or `Mileage (mi)`."""
    found = {UNITS[word.lower()] for word in _WORDS.findall(column) if word.lower() in UNITS}
    return found.pop() if len(found) == 1 else None

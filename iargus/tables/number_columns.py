"""What a dot and a comma mean in a column of numbers, decided by all of its values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from iargus.tables.numbers import NumberInvalid, Written, split_number, value_of

# A few slips do not decide against a whole column; they are rejected one by one.
TOLERATED = 0.05
# A column of such amounts has none below: what looks so has lost its thousands.
LEAST_AMOUNT = 1_000.0
_OTHER = {".": ",", ",": "."}


@dataclass(slots=True)
class NumberColumn:
    """Looks at every value of a column once. `amounts` are numbers of thousands, such as
    mileages: a column of them that has decimals and nothing above a thousand is doubtful."""

    name: str
    amounts: bool = False
    shown: Counter[str] = field(default_factory=Counter)
    doubtful: Counter[str] = field(default_factory=Counter)
    units: Counter[str | None] = field(default_factory=Counter)
    largest: float = 0.0
    examples: dict[str, str] = field(default_factory=dict)

    def look(self, text: str) -> None:
        """Take one value as evidence; what is no number is none."""
        if text.isdecimal():
            self.units[None] += 1
            self.largest = max(self.largest, float(text))
            return
        try:
            written = split_number(text)
        except NumberInvalid:
            return
        self.units[written.unit] += 1
        if written.shows is not None:
            self.shown[written.shows] += 1
            self.examples.setdefault(written.shows, text)
            self._measure(written, written.shows)
        elif written.doubtful is not None:
            self.doubtful[written.doubtful] += 1
            self.examples.setdefault(f"?{written.doubtful}", text)
        else:
            self._measure(written, ".")

    def _measure(self, written: Written, decimal: str) -> None:
        try:
            self.largest = max(self.largest, value_of(written, decimal))
        except NumberInvalid:
            return


@dataclass(frozen=True, slots=True)
class DecimalSign:
    """The decimal sign of a column. `sign` None: nobody can say, and what needs it is refused;
    `refuse_all` refuses also what shows its sign, because the column does not keep to one.
    `because` is a sentence for the user where something had to be decided."""

    sign: str | None
    because: str | None = None
    refuse_all: bool = False


def decide(
    column: NumberColumn, *, given: str | None = None, others: Sequence[NumberColumn] = ()
) -> DecimalSign:
    """The decimal sign of `column`: as `given` by the user, or as its values show. Where they show
    none, `others` of the same file may say that the sign in doubt separates thousands; that it
    separates decimals is never concluded from them."""
    if given is not None:
        return DecimalSign(given)
    dots, commas = column.shown["."], column.shown[","]
    if dots and commas:
        few, many = sorted((dots, commas))
        if few > TOLERATED * many:
            both = f"{column.examples['.']!r} and {column.examples[',']!r}"
            return DecimalSign(None, f"{column.name} has both {both}", refuse_all=True)
    if dots or commas:
        sign = "." if dots >= commas else ","
        if column.amounts and column.largest < LEAST_AMOUNT and column.doubtful.total():
            # 38.9 beside 61.400: a program has taken thousands for decimals, or they are.
            return DecimalSign(None, _too_small(column, sign), refuse_all=True)
        if column.amounts and column.largest < LEAST_AMOUNT and dots + commas > 1:
            return DecimalSign(None, _too_small(column, sign), refuse_all=True)
        return DecimalSign(sign, _said(column, sign))
    return _by_others(column, others)


def _by_others(column: NumberColumn, others: Sequence[NumberColumn]) -> DecimalSign:
    in_doubt = [sign for sign in ".," if column.doubtful[sign]]
    if not in_doubt:
        return DecimalSign(None)
    elsewhere = [sign for sign in ".," if any(other.shown[sign] for other in others)]
    (doubt, *more) = in_doubt
    if more:
        both = f"{column.examples['?.']!r} and {column.examples['?,']!r}"
        return DecimalSign(None, f"{column.name} has both {both}")
    if elsewhere == [_OTHER[doubt]]:
        return DecimalSign(_OTHER[doubt], _said(column, _OTHER[doubt], others))
    if doubt == "," and not elsewhere:
        # As it is written in the United States, whose cars these are.
        return DecimalSign(".", _said(column, "."))
    return DecimalSign(None)


def _said(column: NumberColumn, sign: str, others: Sequence[NumberColumn] = ()) -> str | None:
    example = column.examples.get(f"?{_OTHER[sign]}")
    if example is None:
        return f"{column.name}: ',' is read as the decimal sign" if sign == "," else None
    value = value_of(split_number(example), sign)
    said = f"{column.name}: {example!r} is read as {value:.10g}"
    proof = next((each for each in (column, *others) if each.shown[sign]), None)
    return said if proof is None else f"{said}, as {proof.examples[sign]!r} shows"


def _too_small(column: NumberColumn, sign: str) -> str:
    return (
        f"{column.name} has decimals, such as {column.examples[sign]!r}, and nothing above "
        f"{LEAST_AMOUNT:,.0f}: are they thousands?"
    )

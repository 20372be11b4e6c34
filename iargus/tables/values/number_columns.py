"""What a dot and a comma mean in a column of numbers, decided by all of its values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from iargus.tables.values.numbers import NumberInvalid, split_number, value_of

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
    units: set[str] = field(default_factory=set)
    largest: float = 0.0
    examples: dict[str, str] = field(default_factory=dict)

    def look(self, text: str, count: int = 1) -> None:
        """Take a value that occurs so often as evidence; what is no number is none."""
        # Most values, and not worth taking apart: 35725 and 35725.5.
        whole, point, rest = text.partition(".")
        if len(whole) > 3 and whole.isdecimal() and (not point or rest.isdecimal()):
            self.largest = max(self.largest, float(whole))
            if point:
                self.shown["."] += count
                self.examples.setdefault(".", text)
            return
        try:
            written = split_number(text)
            if written.unit is not None:
                self.units.add(written.unit)
            if written.shows is not None:
                self.shown[written.shows] += count
                self.examples.setdefault(written.shows, text)
            elif written.doubtful is not None:
                self.doubtful[written.doubtful] += count
                self.examples.setdefault(f"?{written.doubtful}", text)
                return
            self.largest = max(self.largest, value_of(written, None))
        except NumberInvalid:
            return


@dataclass(frozen=True, slots=True)
class DecimalSign:
    """The decimal sign of a column. `sign` None: it does not show, and what needs it is refused;
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
        too_small = column.amounts and column.largest < LEAST_AMOUNT
        # 38.9 beside 61.400: a program has taken thousands for decimals, or they are.
        if too_small and (column.doubtful.total() or dots + commas > 1):
            because = (
                f"{column.name} has decimals, such as {column.examples[sign]!r}, and nothing above "
                f"{LEAST_AMOUNT:,.0f}: are they thousands?"
            )
            return DecimalSign(None, because, refuse_all=True)
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

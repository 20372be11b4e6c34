"""Numbers as people write them: `78,210 mi.`, `93.000 km`, `93k`, `$11,450`, `1 234,50 €`.

What a dot or a comma means does not show in `61.400` alone. So a text is first taken apart
(`split_number`), which says what it shows of the decimal sign, then read with that sign.
`number_columns` decides the sign for a whole column, `read_number` for a text that stands alone.
Only the standard library: workers import this.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite


def _by_word(spellings: dict[str, str]) -> dict[str, str]:
    return {word: meaning for meaning, words in spellings.items() for word in words.split()}


# What stands beside a number, in lower case: units, and currencies by their ISO codes.
UNITS = _by_word(
    {
        "mi": "mi mile miles mls mis miglia millas meilen",
        "km": "km kms kilometer kilometers kilometre kilometres kilometern kilomètre kilomètres "
        "kilómetros kilometros chilometri quilômetros",
    }
)
CURRENCIES = _by_word(
    {
        "USD": "$ us$ usd us-$ $us dollar dollars usd$",
        "EUR": "€ eur euro euros",
        "GBP": "£ gbp pounds",
        "CAD": "c$ ca$ cad cad$ can$",
        "AUD": "a$ au$ aud",
        "MXN": "mx$ mxn",
        "CHF": "chf sfr fr",
        "JPY": "¥ jpy yen",
        "PLN": "zł pln",
        "INR": "₹ inr rs",
        "CNY": "cny rmb",
        **{code: code.lower() for code in ("SEK", "NOK", "DKK", "CZK", "HUF", "BRL", "KRW")},
    }
)

# Blanks between thousands, also those that do not break: U+00A0, U+2009, U+202F.
_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f\t", " "))
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u02bc\u00b4`", "'"))
_MINUS = str.maketrans({"\u2212": "-"})

_WRITTEN = re.compile(
    r"(?P<before>[^0-9.,'+-]*)(?P<sign>[+-]?)(?P<between>[^0-9.,'+-]*)"
    r"(?P<body>[0-9]+(?:[.,' ][0-9]+)*|[.,][0-9]+)(?P<exponent>[eE][+-]?[0-9]{1,3}(?![0-9]))?"
    r"(?P<after>[^0-9]*)"
)
_GROUPS = {
    ",": re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}"),
    ".": re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+"),
    "'": re.compile(r"[0-9]{1,3}(?:'[0-9]{3})+"),
    " ": re.compile(r"[0-9]{1,3}(?: [0-9]{3})+"),
}
_SEPARATORS = re.compile(r"[.,' ]")
# `12.500,-` and `12'500.–`: nothing after the sign.
_NO_CENTS = re.compile(r"[.,][-\u2013\u2014]+")
_THOUSAND = 1_000.0
MAX_CHARS = 60


class NumberInvalid(ValueError):
    """The text is no number, or another one than the column's decimal sign allows."""


class NumberAmbiguous(NumberInvalid):
    """The text is one of two numbers, and does not show which."""

    def __init__(self, text: str, grouped: float, decimal: float) -> None:
        super().__init__(f"{text!r} may be {grouped:,.10g} or {decimal:.10g}")
        self.grouped, self.decimal = grouped, decimal


@dataclass(frozen=True, slots=True)
class Written:
    """A number taken apart. `unit` is `mi` or `km`, `currency` an ISO code such as `USD`; `shows`
    is the decimal sign that the text itself proves, and `doubtful` the one sign that stands before
    its last three digits, which may separate thousands or decimals."""

    text: str
    negative: bool
    body: str
    exponent: str
    factor: float
    unit: str | None
    currency: str | None
    shows: str | None
    doubtful: str | None


@lru_cache(maxsize=50_000)
def split_number(text: str) -> Written:
    """Take a text apart.

    Raises:
        NumberInvalid: it is no number.
    """
    plain = text.translate(_BLANKS).translate(_APOSTROPHES).translate(_MINUS).strip()
    found = _WRITTEN.fullmatch(plain) if len(plain) <= MAX_CHARS else None
    if found is None:
        raise NumberInvalid(f"{text[:MAX_CHARS]!r} is no number")
    body, exponent = found["body"], found["exponent"] or ""
    factor, unit, currency = 1.0, None, None
    for word in (found["before"], found["between"], found["after"]):
        factor, unit, currency = _with_word(text, word, factor, unit, currency)
    shows, doubtful = _signs(text, body, bool(exponent))
    negative = found["sign"] == "-"
    return Written(text, negative, body, exponent, factor, unit, currency, shows, doubtful)


def value_of(written: Written, decimal: str | None) -> float:
    """The number, where `decimal` is the decimal sign; None where it is not decided.

    Raises:
        NumberAmbiguous: it is not decided, and this text needs it.
        NumberInvalid: the text cannot be read with that sign.
    """
    sign = written.shows or decimal
    if written.shows is not None and decimal is not None and written.shows != decimal:
        raise NumberInvalid(f"{written.text!r} is no number where {decimal!r} is the decimal sign")
    if sign is None and written.doubtful is not None:
        other = "," if written.doubtful == "." else "."
        grouped, single = _value(written, other), _value(written, written.doubtful)
        raise NumberAmbiguous(written.text, grouped, single)
    return _value(written, sign or ".")


def read_number(text: str, *, decimal: str | None = None) -> float:
    """The number that a text alone means. `90,000` is ninety thousand, as Americans write it;
    `60.000` may be sixty or sixty thousand, and is refused.

    Raises:
        NumberAmbiguous: it may be either.
        NumberInvalid: it is no number.
    """
    written = split_number(text)
    if decimal is None and written.doubtful == ",":
        decimal = "."
    return value_of(written, decimal)


def _value(written: Written, decimal: str) -> float:
    whole, mark, rest = written.body.partition(decimal)
    if mark and _SEPARATORS.search(rest):
        raise NumberInvalid(f"{written.text!r} is no number where {decimal!r} is the decimal sign")
    digits = _SEPARATORS.sub("", whole)
    number = float(f"{digits or 0}.{rest or 0}{written.exponent}") * written.factor
    if not isfinite(number):
        raise NumberInvalid(f"{written.text!r} is no number that can be kept")
    return -number if written.negative else number


def _signs(text: str, body: str, has_exponent: bool) -> tuple[str | None, str | None]:
    """What `body` shows of the decimal sign, and which sign leaves a doubt."""
    marks = _SEPARATORS.findall(body)
    if not marks:
        return None, None
    last, others = marks[-1], set(marks[:-1])
    if last in ".," and last not in others:
        whole, _, rest = body.rpartition(last)
        if len(others) > 1 or (others and not _GROUPS[next(iter(others))].fullmatch(whole)):
            raise NumberInvalid(f"{text!r} is no number: its thousands are no groups of three")
        is_group = not others and len(rest) == 3 and 1 <= len(whole) <= 3
        if is_group and not whole.startswith("0") and not has_exponent:
            return None, last
        return last, None
    # One sign for all: it separates thousands.
    if others - {last} or not _GROUPS[last].fullmatch(body) or body.startswith("0"):
        raise NumberInvalid(f"{text!r} is no number: its thousands are no groups of three")
    return {",": ".", ".": ","}.get(last), None


def _with_word(
    text: str, word: str, factor: float, unit: str | None, currency: str | None
) -> tuple[float, str | None, str | None]:
    for part in _words(word):
        # `93k`, `93 tkm`, `93kmi`: the letter belongs to the number, the rest is its unit.
        is_thousands = part in {"k", "tsd"}
        rest = part[1:] if part[0] in "kt" and part not in UNITS | CURRENCIES else ""
        if part in CURRENCIES and currency is None:
            currency = CURRENCIES[part]
        elif part in UNITS and unit is None:
            unit = UNITS[part]
        elif is_thousands and factor == 1.0:
            factor = _THOUSAND
        elif rest in UNITS and factor == 1.0 and unit is None:
            factor, unit = _THOUSAND, UNITS[rest]
        elif rest in CURRENCIES and factor == 1.0 and currency is None:
            factor, currency = _THOUSAND, CURRENCIES[rest]
        else:
            raise NumberInvalid(f"{text!r} is no number: what is {part!r}?")
    return factor, unit, currency


def _words(word: str) -> list[str]:
    parts = [part for part in word.split() if not _NO_CENTS.fullmatch(part)]
    return [part.rstrip(".").lower() or part for part in parts]

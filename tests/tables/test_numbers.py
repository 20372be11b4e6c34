"""Numbers as people write them, one by one and as a column."""

from __future__ import annotations

import pytest

from iargus.tables.values.number_columns import NumberColumn, decide
from iargus.tables.values.numbers import (
    NumberAmbiguous,
    NumberInvalid,
    read_number,
    split_number,
    value_of,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("64120", 64_120),
        (" 64120 ", 64_120),
        ("78,210 mi.", 78_210),
        ("52,330 miles", 52_330),
        ("93k miles", 93_000),
        ("93.5K mi", 93_500),
        ("93 tkm", 93_000),
        ("$11,450", 11_450),
        ("US$ 11,450.00", 11_450),
        ("11450 USD", 11_450),
        ("1.234,50 €", 1_234.5),
        ("1,234.50", 1_234.5),
        ("1.234.567", 1_234_567),
        ("1,23,456", 123_456),
        ("61 400", 61_400),
        ("61\u00a0400 km", 61_400),
        ("61\u202f400,5 km", 61_400.5),
        ("61'400", 61_400),
        ("12’500.–", 12_500),
        ("0.400", 0.4),
        ("12,5", 12.5),
        ("35725.000", 35_725),
        ("1e+05", 100_000),
        ("6.14E+04", 61_400),
        ("-5", -5),
        ("−5", -5),
    ],
)
def test_what_a_text_alone_means(text: str, number: float) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["60.000", "61.400 km", "12.500,-", "9.800 EUR", "103.250"])
def test_a_dot_before_three_digits_is_not_read_by_guessing(text: str) -> None:
    with pytest.raises(NumberAmbiguous, match=r"may be [\d,]+ or [\d.]+"):
        read_number(text)
    assert read_number(text, decimal=",") == 1_000 * read_number(text, decimal=".")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "far",
            "inf",
            "nan",
            "1_000",
            "(500)",
            "5%",
            "60,000-70,000",
            "~60000",
            "60000+",
        ),
        *("12,34,5", "1,234.567.890", "1.2.3", "12 5", "5-", "1e999", "0x10", "78 furlongs"),
        *("60000+", "k", "1" * 61, "²", "$", "5 $ €", "5 mi km"),
    ],
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(NumberInvalid):
        read_number(text)


def test_unit_and_currency_are_told() -> None:
    assert split_number("93.000 km").unit == "km"
    assert split_number("93k miles").unit == "mi"
    assert split_number("€9,800").currency == "EUR"
    assert split_number("C$ 9,800").currency == "CAD"


def column(*texts: str, name: str = "mileage", amounts: bool = True) -> NumberColumn:
    found = NumberColumn(name, amounts=amounts)
    for text in texts:
        found.look(text)
    return found


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["61.400", "1.234.567"], ","),
        (["61.400", "61.400,50"], ","),
        (["61,400", "61,400.50"], "."),
        (["61.400", "61400.5"], "."),
        (["61,400", "41,007"], "."),
        (["61.400", "103.250"], None),
        (["61.400", "61,400"], None),
        (["61 400,5", "61.400"], ","),
    ],
)
def test_the_whole_column_decides(texts: list[str], sign: str | None) -> None:
    assert decide(column(*texts)).sign == sign


def test_a_few_slips_do_not_decide_and_many_do() -> None:
    rows = [f"{k},000.5" for k in range(10, 60)]
    assert decide(column(*rows, "61.000,5")).sign == "."
    torn = decide(column(*rows, *["61.000,5"] * 20))
    assert torn.sign is None
    assert torn.refuse_all


def test_another_column_may_say_that_a_dot_separates_thousands_but_not_decimals() -> None:
    doubt = column("61.400", "103.250")
    assert decide(doubt, others=[column("9800,50", name="price", amounts=False)]).sign == ","
    assert decide(doubt, others=[column("9800.50", name="price", amounts=False)]).sign is None


def test_mileages_that_lost_their_thousands_are_doubted() -> None:
    # 38.900 and 61.400, read by a spreadsheet as decimals.
    lost = decide(column("38.9", "61.4", "103.25", "124.075"))
    assert lost.refuse_all
    assert "are they thousands?" in (lost.because or "")
    assert decide(column("38.9", "61.4"), given=".").sign == "."


def test_what_was_decided_is_said() -> None:
    said = decide(column("61.400", "1.234.567")).because
    assert said == "mileage: '61.400' is read as 61400, as '1.234.567' shows"


def test_a_value_of_the_other_sign_is_no_number() -> None:
    with pytest.raises(NumberInvalid, match=r"where '\.' is the decimal sign"):
        value_of(split_number("1.234,50"), ".")

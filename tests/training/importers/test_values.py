"""Mileages, prices and dates as people write them, and files of which too little can be used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iargus.errors import ConfigurationError
from iargus.tasks.car_price.task import CarPrice
from iargus.training.importers import AllowedRejections, ImportRefused
from tests.training.importers.conftest import CARS, INTENT, Importing

HEADER = "make,model,year,mileage,price,date_added\n"


def write(path: Path, rows: list[str], header: str = HEADER) -> Path:
    path.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def sale(mileage: str = "40000", price: str = "9000", day: str = "2026-06-03") -> str:
    return f'Seat,Ibiza,2017,"{mileage}","{price}","{day}"'


def mileages(importing: Importing) -> list[int]:
    return [round(miles) for miles in importing.store(CARS).rows()["mileage"]]


def test_units_and_currencies_beside_the_numbers(importing: Importing, tmp_path: Path) -> None:
    rows = [
        sale("78,210 mi.", "$11,450"),
        sale("41,007 mi", "24900 USD"),
        sale("93k miles", "US$ 7,995"),
        sale("64120", "19800"),
        sale("160,934.4 km", "9000"),
    ]
    importing.cars(write(tmp_path / "a.csv", rows[:4]))
    importing.cars(write(tmp_path / "b.csv", [rows[0], rows[4]]))

    assert sorted(mileages(importing)) == [41_007, 64_120, 78_210, 93_000, 100_000]
    assert sorted(importing.store(CARS).rows()["label"]) == [7995, 9000, 11450, 19800, 24900]


def test_thousands_behind_a_dot_never_become_decimals(importing: Importing, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", [sale("61.400"), sale("103.250"), sale("38.900")])

    with pytest.raises(ImportRefused) as caught:
        importing.cars(file, mileage_unit="km")
    assert "'61.400' in line 2; try --decimal , or --decimal ." in str(caught.value)
    assert importing.store(CARS).span().count == 0

    importing.cars(file, mileage_unit="km", decimal=",")
    assert mileages(importing) == [38_152, 64_157, 24_171]


def test_one_value_of_the_column_decides_for_all_and_is_said(
    importing: Importing, tmp_path: Path
) -> None:
    rows = [sale("61.400"), sale("1.103.250")]
    summary = importing.cars(write(tmp_path / "a.csv", rows), mileage_unit="km")

    assert mileages(importing) == [38_152, 685_528]
    assert "mileage: '61.400' is read as 61400, as '1.103.250' shows" in summary.said


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f", "'"])
def test_thousands_apart(importing: Importing, tmp_path: Path, blank: str) -> None:
    importing.cars(write(tmp_path / "a.csv", [sale(f"61{blank}400", f"9{blank}800")]))

    assert mileages(importing) == [61_400]


def test_a_unit_that_contradicts_the_option_is_a_reason(
    importing: Importing, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.csv", [sale("61400 km"), sale("41000 mi")])

    summary = importing.cars(file, mileage_unit="mi")

    assert (summary.added, summary.rejected) == (1, 1)
    assert list(summary.reasons) == ["mileage is in kilometres, but --mileage-unit mi was given"]
    assert importing.cars(file).added == 1  # without it, each field has its own


def test_a_number_without_a_unit_beside_kilometres_is_not_taken_for_miles(
    importing: Importing, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.csv", [sale("61400 km"), sale("41000")])

    assert list(importing.cars(file).reasons) == ["mileage has no unit beside others that have one"]
    assert importing.cars(file, mileage_unit="km").added == 1


def test_the_name_of_the_column_may_tell_the_unit(importing: Importing, tmp_path: Path) -> None:
    header = HEADER.replace("mileage", "Odometer (km)")
    file = write(tmp_path / "a.csv", [sale("160934.4")], header)

    summary = importing.cars(file, mapping={"mileage": "Odometer (km)"})

    assert mileages(importing) == [100_000]
    assert "mileage is read in kilometres, as the column is named" in summary.said


def test_another_currency_is_not_taken_for_dollars(importing: Importing, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", [sale(price="9900 €"), sale(price="$9800")])

    summary = importing.cars(file)

    assert (summary.added, list(summary.reasons)) == (1, ["price is in EUR, not in USD"])
    assert importing.cars(file, currency="EUR").added == 1


@pytest.mark.parametrize("year", ["2014.0", "2014", " 2014 "])
def test_years_of_spreadsheets(importing: Importing, tmp_path: Path, year: str) -> None:
    importing.cars(write(tmp_path / "a.csv", [f"Seat,Ibiza,{year},1,9000,2026-06-03"]))

    assert importing.store(CARS).rows()["year"].tolist() == [2014]


@pytest.mark.parametrize("year", ["1,234", "2.014", "2e3", "14", "2014 km"])
def test_what_is_no_year(importing: Importing, tmp_path: Path, year: str) -> None:
    with pytest.raises(ImportRefused, match="year: "):
        importing.cars(write(tmp_path / "a.csv", [f'Seat,Ibiza,"{year}",1,9000,2026-06-03']))


def test_several_forms_of_dates_in_one_file(importing: Importing, tmp_path: Path) -> None:
    days = [
        "Mon Feb 02 2026 10:15:00 GMT-0800 (PST)",
        "Thu Jun 11 2026 05:00:00 GMT-0700 (PDT)",
        "2026-06-12",
        "03/06/2026",
        "17/06/2026",
    ]
    summary = importing.cars(write(tmp_path / "a.csv", [sale(day=day) for day in days]))

    assert summary.added == 5
    assert summary.said == ("date_added is read as DD/MM/YYYY: 17/06/2026 has no month 17",)
    assert importing.store(CARS).rows()["observed_at"].tolist() == [
        pd.Timestamp("2026-02-02 18:15"),
        pd.Timestamp("2026-06-03"),
        pd.Timestamp("2026-06-11 12:00"),
        pd.Timestamp("2026-06-12"),
        pd.Timestamp("2026-06-17"),
    ]


def test_days_that_could_be_months_are_refused_with_the_option_that_decides(
    importing: Importing, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.csv", [sale(day="03/08/2026"), sale(day="05/08/2026")])

    with pytest.raises(ImportRefused, match=r"--date-format %d/%m/%Y or --date-format %m/%d/%Y"):
        importing.cars(file)
    assert importing.cars(file, date_format="%m/%d/%Y").added == 2


@pytest.mark.parametrize(
    ("form", "day"),
    [
        ("%a %b %d %Y %H:%M:%S GMT%z (%Z)", "Mon Feb 02 2026 10:15:00 GMT-0800 (PST)"),
        ("%Y-%m-%d %H:%M %Z", "2026-02-02 10:15 PST"),
    ],
)
def test_a_format_may_name_time_zones(
    importing: Importing, tmp_path: Path, form: str, day: str
) -> None:
    importing.cars(write(tmp_path / "a.csv", [sale(day=day)]), date_format=form)

    timestamps = importing.store(CARS).rows()["observed_at"].tolist()
    assert timestamps == [pd.Timestamp("2026-02-02 18:15")]


def test_a_day_after_tomorrow_is_rejected(importing: Importing, tmp_path: Path) -> None:
    # NOW is 2026-11-20; where the sun rises first, it is tomorrow already.
    days = ["2026-11-20", "2026-11-21T23:59:59", "2026-11-22", "2062-10-14"]
    summary = importing.cars(write(tmp_path / "a.csv", [sale(day=day) for day in days]))

    assert (summary.added, summary.rejected) == (2, 2)
    assert summary.reasons == {"date_added is after tomorrow": 2}


def test_nothing_is_observed_after_tomorrow(importing: Importing, tmp_path: Path) -> None:
    file = tmp_path / "a.tsv"
    file.write_text("text\tlabel\nhello\tgreeting\nbye\tparting\n")

    with pytest.raises(ConfigurationError, match="--observed-at 2026-11-22 is after tomorrow"):
        importing.examples(file, observed_at=datetime(2026, 11, 22))
    importing.examples(file, observed_at=datetime(2026, 11, 21))
    assert importing.store(INTENT).span().count == 2


def bad(rows: int) -> list[str]:
    return [sale(price="1")] * rows


@pytest.mark.parametrize(
    ("good", "rejected", "allowed", "is_refused"),
    [
        (0, 1, None, True),
        (1, 1, None, False),
        (1, 2, None, True),
        (80, 20, None, False),
        (80, 21, None, True),
        (1, 2, "0.7", False),
        (9, 1, "0.05", True),
        (9, 1, "5%", True),
        (1, 99, "all", False),
        (0, 5, "all", False),
    ],
)
def test_more_rejected_rows_than_allowed_are_a_failure(
    importing: Importing,
    tmp_path: Path,
    good: int,
    rejected: int,
    allowed: str | None,
    is_refused: bool,
) -> None:
    rows = [sale(str(1_000 + k)) for k in range(good)] + bad(rejected)
    file = write(tmp_path / "a.csv", rows)
    importing.allowed = AllowedRejections.parse(allowed)

    if is_refused:
        with pytest.raises(ImportRefused, match="nothing is imported"):
            importing.cars(file)
    else:
        assert importing.cars(file).added == good
    assert importing.store(CARS).span().count == (0 if is_refused else good)
    assert len(importing.imports.listed()) == (0 if is_refused else 1)


def test_a_refusal_names_the_three_commonest_reasons_with_a_value_and_the_option(
    importing: Importing, tmp_path: Path
) -> None:
    rows = [sale(day="17.6")] * 4 + bad(3) + [sale("far")] * 2 + [sale(price="")]
    with pytest.raises(ImportRefused) as caught:
        importing.cars(write(tmp_path / "a.csv", rows))

    first, *reasons, more, where = str(caught.value).splitlines()
    assert first == (
        "nothing is imported: 10 of 10 rows are rejected, and at most 50% may be (--allow-rejected)"
    )
    assert reasons == [
        "  4: date_added cannot be read, such as '17.6' in line 2; try --date-format",
        "  3: a price outside 500 to 500,000 USD, such as '1.0' in line 6",
        "  2: mileage is no number, such as 'far' in line 9",
    ]
    assert more == "  and 1 other reason"
    assert where == f"The rejected rows are in {caught.value.rejected_path}"
    assert caught.value.rejected_path is not None
    assert caught.value.rejected_path.read_text().count("\n") == 11


@pytest.mark.parametrize("text", ["2", "-1", "most", "150%", "nan"])
def test_a_share_that_is_none(text: str) -> None:
    with pytest.raises(ConfigurationError, match="--allow-rejected"):
        AllowedRejections.parse(text)


class NewCars(CarPrice):
    placeholder_rule = "0 miles"

    def placeholder(self, payload: Mapping[str, Any], day: date) -> str | None:
        return "mileage" if payload["mileage"] == 0 else None


def test_placeholders_are_stored_as_unknown_and_counted(
    importing: Importing, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.csv", [sale("0"), sale("0", "9100"), sale("7")])
    importing.car_task = NewCars("car_price", CARS.policy)

    summary = importing.cars(file)

    assert summary.notes == {"mileage was never measured (0 miles); it is stored as unknown": 2}
    assert importing.store(CARS).rows()["mileage"].isna().sum() == 2
    importing.car_task = CARS
    assert importing.cars(file).already_there == 3  # the rows are those of before


def test_cells_that_have_a_type_are_what_they_are(importing: Importing, tmp_path: Path) -> None:
    frame = pa.table(
        {
            "make": ["Seat", "Seat"],
            "model": ["Ibiza", "Leon"],
            "year": [2017, 2018],
            "mileage": pa.array([61_400.5, None], pa.float64()),
            "price": pa.array([Decimal("9800.50"), Decimal("7350.00")], pa.decimal128(9, 2)),
            "date_added": pa.array([date(2026, 6, 3), date(2062, 6, 3)], pa.date32()),
        }
    )
    pq.write_table(frame, tmp_path / "a.parquet")

    summary = importing.cars(tmp_path / "a.parquet")

    row = importing.store(CARS).rows().iloc[0]
    assert (row["mileage"], row["label"]) == (61_400.5, 9800.5)
    assert row["observed_at"] == pd.Timestamp("2026-06-03")
    assert summary.reasons == {"date_added is after tomorrow": 1}

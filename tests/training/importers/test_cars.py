"""Sales from files: presets, mapping, and every reason to reject a row."""

from __future__ import annotations

import csv
import os
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from iargus.errors import ConfigurationError, DataError
from iargus.training.importers.columns import parse_mapping
from tests.training.importers.conftest import CARS, NOW, Importing

HEADER = "make,model,year,mileage,price,state,date_added\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_by_their_own_names_in_any_case(importing: Importing, tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.csv",
        "Price,Extra,YEAR,mileage,Make,Model,State,Date_Added\n"
        '"$12,500",x,2014,"35,725",Acura,ILX, TX,2018-05-01T12:00:00+02:00\n',
    )

    summary = importing.cars(file)

    assert (summary.added, summary.already_there, summary.rejected) == (1, 0, 0)
    row = importing.store(CARS).rows().iloc[0]
    assert row.to_dict() == {
        "state": "TX",
        "make": "Acura",
        "model": "ILX",
        "year": 2014,
        "mileage": 35725.0,
        "label": 12500.0,
        "observed_at": pd.Timestamp("2018-05-01 10:00"),
    }


def test_the_preset_of_the_advertisements(importing: Importing, tmp_path: Path) -> None:
    file = write(
        tmp_path / "v.csv",
        "price,model_year,model,condition,odometer,date_posted,days_listed\n"
        "6995,2011.0,honda civic lx,good,,2018-05-01,17\n"
        "2200,1995,ford f250 super duty,good,149963,2018-05-02,59\n",
    )

    assert importing.cars(file, preset="vehicles-us").added == 2

    rows = importing.store(CARS).rows()
    assert rows["make"].tolist() == ["honda", "ford"]
    assert rows["model"].tolist() == ["civic lx", "f250 super duty"]
    assert rows["year"].tolist() == [2011, 1995]
    assert rows["mileage"].isna().tolist() == [True, False]
    assert rows["state"].isna().all()


def test_an_odometer_that_nobody_read_is_unknown_and_counted(
    importing: Importing, tmp_path: Path
) -> None:
    file = write(
        tmp_path / "v.csv",
        "make,model,year,mileage,price,date_added\n"
        "ford,f-150,2012,0,9000,2018-05-01\n"
        "ford,f-150,2012,99,9000,2018-05-01\n"
        "ford,f-150,2012,100,9000,2018-05-01\n"
        "ford,f-150,2018,12,39000,2018-05-01\n",
    )

    summary = importing.cars(file)

    (note, count), *_ = summary.notes.items()
    assert (summary.added, count) == (4, 2)
    assert note.startswith("mileage was never measured (below 100 miles")
    assert importing.store(CARS).rows()["mileage"].isna().sum() == 2


def test_the_preset_of_the_listings(importing: Importing, tmp_path: Path) -> None:
    file = write(
        tmp_path / "t.csv",
        "Price,Year,Mileage,City,State,Vin,Make,Model\n"
        "8995,2014,35725,El Paso, TX,19VDE2E53EE000083,Acura,ILX6-Speed\n",
    )

    importing.cars(file, preset="truecar", observed_at=datetime(2018, 1, 1))

    rows = importing.store(CARS).rows()
    assert rows["state"].tolist() == ["TX"]
    assert rows["observed_at"].tolist() == [pd.Timestamp(2018, 1, 1)]


def test_a_mapping_and_kilometres(importing: Importing, tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.csv",
        "Marke;Modell;Baujahr;km;Preis;Datum\nVW;Golf;2015;160934.4;9000;01.05.2018\n",
    )
    pairs = ["make=Marke", "model=Modell", "year=Baujahr", "mileage=KM", "price=Preis"]
    from iargus.tables import TableOptions
    from iargus.training.importers.cars import FIELDS

    importing.cars(
        file,
        mapping=parse_mapping([*pairs, "date_added=Datum"], FIELDS),
        mileage_unit="km",
        date_format="%d.%m.%Y",
        options=TableOptions(delimiter=";"),
    )

    row = importing.store(CARS).rows().iloc[0]
    assert row["mileage"] == pytest.approx(100_000)
    assert row["observed_at"] == pd.Timestamp(2018, 5, 1)


GOOD = "Toyota,Camry,2014,35725,8995,TX,2018-05-01"


@pytest.mark.parametrize(
    ("row", "reason", "detail"),
    [
        (",Camry,2014,1,8995,TX,2018-05-01", "make is missing", ""),
        ("Toyota,NA,2014,1,8995,TX,2018-05-01", "model is missing", ""),
        ("Toyota,Camry,,1,8995,TX,2018-05-01", "year is missing", ""),
        ("Toyota,Camry,2014,1, ,TX,2018-05-01", "price is missing", ""),
        ("Toyota,Camry,2014,1,8995,TX,", "date_added is missing", ""),
        ("Toyota,Camry,1850,1,8995,TX,2018-05-01", "year: ", "1900"),
        ("Toyota,Camry,2020,1,8995,TX,2018-05-01", "year: ", "at most 2019"),
        ("Toyota,Camry,2014.5,1,8995,TX,2018-05-01", "year: ", "integer"),
        ("Toyota,Camry,new,1,8995,TX,2018-05-01", "year: ", "a number"),
        ("Toyota,Camry,2014,-5,8995,TX,2018-05-01", "mileage: ", "greater"),
        ("Toyota,Camry,2014,3000001,8995,TX,2018-05-01", "mileage: ", "less"),
        ("Toyota,Camry,2014,far,8995,TX,2018-05-01", "mileage is no number", "'far'"),
        ("Toyota,Camry,2014,inf,8995,TX,2018-05-01", "mileage is no number", "'inf'"),
        ("Toyota,Camry,2014,1,1,TX,2018-05-01", "a price outside 500 to 500,000 USD", "1 USD"),
        ("Toyota,Camry,2014,1,0,TX,2018-05-01", "a price that is not above zero", "above zero"),
        (
            "Toyota,Camry,2014,1,900000,TX,2018-05-01",
            "a price outside 500 to 500,000 USD",
            "900000 USD",
        ),
        ("Toyota,Camry,2014,1,cheap,TX,2018-05-01", "price is no number", "'cheap'"),
        ("Toyota,Camry,2014,1,8995,TX,soon", "date_added cannot be read", "'soon'"),
        ("Toyota,Camry,2014,1,8995,TX,0018-05-01", "date_added is before 1900", "before 1900"),
        (f"{'x' * 65},Camry,2014,1,8995,TX,2018-05-01", "make: ", "64"),
        (f"Toyota,{'x' * 129},2014,1,8995,TX,2018-05-01", "model: ", "128"),
        (f"Toyota,Camry,2014,1,8995,{'x' * 65},2018-05-01", "state: ", "64"),
        ("Toyota,Camry,2014,1", "the row has a wrong number of fields", "4 fields instead of 7"),
    ],
)
def test_every_reason_to_reject_a_row(
    importing: Importing, tmp_path: Path, row: str, reason: str, detail: str
) -> None:
    file = write(tmp_path / "a.csv", f"{HEADER}{GOOD}\n\n{row}\n{GOOD}\n")

    summary = importing.cars(file)

    assert (summary.added, summary.rejected) == (2, 1)
    assert [found.startswith(reason) for found in summary.reasons] == [True]
    assert summary.rejected_path == importing.rejected_dir / "a.csv.rejected.csv"
    with summary.rejected_path.open(encoding="utf-8", newline="") as written:
        header, rejected = list(csv.reader(written))
    assert header == ["line", "reason", *HEADER.strip().split(",")]
    assert rejected[0] == "4"  # the blank line counts
    assert detail in rejected[1]
    assert rejected[2:] == row.split(",")


def test_rejected_rows_of_a_second_pass_overwrite_none_of_the_first(
    importing: Importing, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.csv", f"{HEADER}{GOOD}\nA,B,1850,1,8995,TX,2018-05-01\n")
    first = importing.cars(file).rejected_path
    assert first is not None
    kept = first.read_text()

    assert importing.cars(file).rejected_path == first  # the same rows need no second file
    second = importing.cars(write(file, f"{HEADER}{GOOD}\nA,B,1851,1,8995,TX,2018-05-01\n"))
    clean = importing.cars(write(file, f"{HEADER}{GOOD}\n"))

    assert second.rejected_path == importing.rejected_dir / "a.csv.rejected-2.csv"
    assert clean.rejected_path is None
    assert first.read_text() == kept
    assert sorted(path.name for path in importing.rejected_dir.iterdir()) == [
        "a.csv.rejected-2.csv",
        "a.csv.rejected.csv",
    ]


def test_the_line_of_a_row_after_one_over_several_lines(
    importing: Importing, tmp_path: Path
) -> None:
    file = write(
        tmp_path / "a.csv",
        f'{HEADER}"Toy\nota",Camry,2014,1,8995,TX,2018-05-01\nA,B,1850,1,8995,TX,2018-05-01\n',
    )

    summary = importing.cars(file)

    assert summary.rejected_path is not None
    assert '\n4,"year' in summary.rejected_path.read_text()


def test_a_missing_column_names_those_there_are(importing: Importing, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "brand,model,year,km,price\nA,B,2014,1,8995\n")

    with pytest.raises(DataError, match="no column for make, mileage; its columns are brand, mo"):
        importing.cars(file)
    with pytest.raises(DataError, match=r"no column 'Brands'.*its columns are brand"):
        importing.cars(file, mapping={"make": "Brands"})


def test_times_are_not_given_twice(importing: Importing, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", f"{HEADER}{GOOD}\n")

    with pytest.raises(DataError, match="--observed-at has no use"):
        importing.cars(file, observed_at=NOW)


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("make", "should be field=column"),
        ("=x", "should be field=column"),
        ("make=", "should be field=column"),
        ("brand=x", "no field 'brand'; there are make"),
    ],
)
def test_a_mapping_that_is_none(pair: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse_mapping([pair], ("make", "model"))
    with pytest.raises(ConfigurationError, match="twice"):
        parse_mapping(["make=a", "make=b"], ("make",))


def test_real_files(importing: Importing) -> None:
    folder = os.environ.get("IARGUS_DATA")
    if folder is None:
        pytest.skip("IARGUS_DATA names no folder with the real files")

    sales = importing.cars(Path(folder) / "vehicles_us.csv", preset="vehicles-us")
    listings = importing.cars(Path(folder) / "true_car_listings_sample.csv", preset="truecar")
    french = importing.examples(Path(folder) / "idiwii_train.json")
    flights = importing.examples(Path(folder) / "atis_train.tsv")
    strange = importing.examples(Path(folder) / "atis_ood.tsv")

    assert sales.added > 35_000
    assert set(sales.reasons) == {"year is missing", "a price outside 500 to 500,000 USD"}
    assert listings.rejected == french.rejected == flights.rejected == strange.rejected == 0
    assert (french.added, flights.added, strange.added) == (6_035, 4_634, 80)

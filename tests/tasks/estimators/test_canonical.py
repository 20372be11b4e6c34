"""One spelling for what people write in many ways."""

import pytest

from iargus.tasks.car_price.canonical import (
    canonical_make,
    canonical_model,
    canonical_state,
    model_words,
    name_words,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Chevy", "chevrolet"),
        ("VW", "volkswagen"),
        ("Mercedes-Benz", "mercedesbenz"),
        ("Mercedes Benz", "mercedesbenz"),
        ("MERCEDES", "mercedesbenz"),
        ("MercedesBenz", "mercedesbenz"),
        ("mercedes_benz", "mercedesbenz"),
        ("Mercedes\u2013Benz", "mercedesbenz"),
        ("Land_Rover", "landrover"),
        ("Tesla Motors", "tesla"),
        ("Ford Motor Company", "ford"),
        (" Citroën ", "citroen"),
        ("ＦＯＲＤ", "ford"),
        (None, ""),
        (float("nan"), ""),
    ],
)
def test_makes_have_one_spelling(written: object, meant: str) -> None:
    assert canonical_make(written) == meant


@pytest.mark.parametrize(
    "written",
    ["F-150", "F150", "f 150", "F_150", "F\u2013150", "F.150", "Ford F-150", " FORD f150 "],
)
def test_what_stands_between_the_letters_of_a_model_means_nothing(written: str) -> None:
    assert canonical_model("ford", written) == "f150"
    assert model_words("ford", written) == ("f", "150")


@pytest.mark.parametrize("written", ["Town & Country", "town and country", "TOWN&COUNTRY"])
def test_a_sign_that_is_a_word_is_read_as_one(written: str) -> None:
    assert canonical_model("chrysler", written) == "townandcountry"


def test_a_make_repeated_under_another_name_is_dropped_and_a_model_is_never_empty() -> None:
    assert canonical_model("chevrolet", "Chevy Silverado") == "silverado"
    assert canonical_model("mercedesbenz", "Mercedes Benz C-Class") == "cclass"
    assert canonical_model("ford", "Ford") == "ford"


def test_numbers_are_names() -> None:
    assert canonical_model("chrysler", 300.0) == canonical_model("chrysler", "300") == "300"
    assert canonical_model("fiat", 500) == "500"


@pytest.mark.parametrize("written", [" New  York", "N.Y.", "ny", "new_york", "New-York"])
def test_states_are_two_letters(written: str) -> None:
    assert canonical_state(written) == "ny"


def test_a_name_of_any_length_is_cut() -> None:
    assert len("".join(name_words("ﷺ" * 10_000))) <= 200

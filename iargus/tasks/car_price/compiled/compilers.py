"""Compilers of the parts of a car price pipeline, by type; `iargus.compiled` has that of trees."""

from __future__ import annotations

from typing import Any

from iargus.compiled.compile_trees import join_trees
from iargus.compiled.compilers import Part, compile_estimator, compile_pipeline, compiler_of
from iargus.compiled.errors import NotCompilable
from iargus.tasks.car_price.columns import TRUST
from iargus.tasks.car_price.compiled.bundle import LAYOUT, MODELS
from iargus.tasks.car_price.estimator.layout_1 import (
    CarEncoder,
    CarFeatures,
    ConformalPriceRegressor,
)
from iargus.tasks.car_price.estimator.monotone_price import MonotonePriceRegressor
from iargus.tasks.car_price.estimator.name_encoder import NameEncoder
from iargus.tasks.car_price.estimator.names import RANKS, WORTHS
from iargus.tasks.car_price.estimator.names_v1 import TABLES_V1
from iargus.tasks.car_price.estimator.pricing_features import PricingFeatures


def compile_car(estimator: Any) -> dict[str, bytes]:
    """The files of a car price pipeline by name.

    Raises:
        NotCompilable: see `compile_pipeline`.
    """
    return compile_pipeline(estimator, "features", "price").to_files("car")


@compiler_of(CarFeatures)
@compiler_of(PricingFeatures)
def _features(features: Any, where: str) -> Part:
    document: dict[str, Any] = {"reference_year": float(features.reference_year_)}
    if features.numbers_:
        document["further"] = list(features.numbers_)
    return Part(document) | compile_estimator(features.encoder_, f"{where}.encoder")


@compiler_of(NameEncoder)
def _names(encoder: NameEncoder, _: str) -> Part:
    tables = (*RANKS, *WORTHS, "model_words")
    return Part({table: getattr(encoder, f"{table}_") for table in tables})


@compiler_of(CarEncoder)
def _names_of_layout_1(encoder: CarEncoder, _: str) -> Part:
    return Part({table: getattr(encoder, f"{table}_") for table in TABLES_V1})


@compiler_of(MonotonePriceRegressor)
def _price(price: MonotonePriceRegressor, where: str) -> Part:
    _check_columns(price, where, TRUST + 1 + price.numbers)
    # Versions of layout 2 have no curve.
    curve = getattr(price, "curve_", None)
    layout = {"layout": 2} if curve is None else {"layout": LAYOUT, "curve": curve.tolist()}
    low, high = price.margins_.T.tolist()
    return Part({**layout, "margin_low": low, "margin_high": high}) | _trees(price, where)


@compiler_of(ConformalPriceRegressor)
def _price_of_layout_1(price: ConformalPriceRegressor, where: str) -> Part:
    _check_columns(price, where, TRUST)
    margins = {"margin_low": float(price.margin_low_), "margin_high": float(price.margin_high_)}
    return Part(margins) | _trees(price, where)


def _check_columns(price: Any, where: str, wanted: int) -> None:
    if price.n_features_in_ != wanted:
        raise NotCompilable(f"{where}: fitted on {price.n_features_in_} columns, not {wanted}")


def _trees(price: Any, where: str) -> Part:
    return join_trees(
        {name: compile_estimator(getattr(price, f"{name}_"), f"{where}.{name}") for name in MODELS}
    )

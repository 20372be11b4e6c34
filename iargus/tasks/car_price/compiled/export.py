"""A fitted car price pipeline as the files of a bundle."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from iargus.compiled import canonical_json
from iargus.compiled.arrays import to_bytes
from iargus.compiled.errors import NotCompilable
from iargus.compiled.export_trees import categories_of, export_trees
from iargus.compiled.steps import only, step
from iargus.tasks.car_price.compiled.bundle import LAYOUT
from iargus.tasks.car_price.compiled.models import COLUMNS, MODELS
from iargus.tasks.car_price.compiled.names import RANKS, WORTHS
from iargus.tasks.car_price.compiled.names_v1 import TABLES_V1
from iargus.tasks.car_price.estimator.conformal import ConformalPriceRegressor
from iargus.tasks.car_price.estimator.encoder import CarEncoder
from iargus.tasks.car_price.estimator.features import CarFeatures
from iargus.tasks.car_price.estimator.monotone_price import TRUST, MonotonePriceRegressor
from iargus.tasks.car_price.estimator.name_encoder import NameEncoder
from iargus.tasks.car_price.estimator.pricing_features import PricingFeatures


def export_car(estimator: Pipeline) -> dict[str, bytes]:
    """Return the files by name.

    Raises:
        NotCompilable: a step is of another type or set in a way that bundles do not know.
    """
    only(estimator, ("features", "price"))
    if type(estimator.named_steps["features"]) is CarFeatures:
        return _export_v1(estimator)
    features = step(estimator, "features", PricingFeatures)
    price = step(estimator, "price", MonotonePriceRegressor)
    encoder = features.encoder_
    if type(encoder) is not NameEncoder:
        raise NotCompilable(f"features.encoder: a {type(encoder).__name__} is no NameEncoder")
    if price.n_features_in_ != TRUST + 1:
        raise NotCompilable(f"price: fitted on {price.n_features_in_} columns, not {TRUST + 1}")
    # Versions of layout 2 have no curve.
    curve = getattr(price, "curve_", None)
    by_layout = {"layout": 2} if curve is None else {"layout": LAYOUT, "curve": curve.tolist()}
    return _files(
        {
            **by_layout,
            **{table: getattr(encoder, f"{table}_") for table in (*RANKS, *WORTHS, "model_words")},
            "margin_low": price.margins_[:, 0].tolist(),
            "margin_high": price.margins_[:, 1].tolist(),
            "reference_year": float(features.reference_year_),
        },
        price,
    )


def _export_v1(estimator: Pipeline) -> dict[str, bytes]:
    """A pipeline of an earlier release, registered before there were bundles."""
    features = step(estimator, "features", CarFeatures)
    price = step(estimator, "price", ConformalPriceRegressor)
    encoder = features.encoder_
    if type(encoder) is not CarEncoder:
        raise NotCompilable(f"features.encoder: a {type(encoder).__name__} is no CarEncoder")
    if price.n_features_in_ != COLUMNS[1]:
        raise NotCompilable(f"price: fitted on {price.n_features_in_} columns, not {COLUMNS[1]}")
    return _files(
        {
            **{table: getattr(encoder, f"{table}_") for table in TABLES_V1},
            "margin_low": float(price.margin_low_),
            "margin_high": float(price.margin_high_),
            "reference_year": float(features.reference_year_),
        },
        price,
    )


def _files(document: dict[str, Any], price: Any) -> dict[str, bytes]:
    models = {name: getattr(price, f"{name}_") for name in MODELS}
    trees = export_trees([(f"price.{name}", model) for name, model in models.items()])
    categories = [categories_of(model, f"price.{name}") for name, model in models.items()]
    if any(other != categories[0] for other in categories):
        raise NotCompilable("price: its models know different categories")
    document |= {
        "categories": {str(column): codes for column, codes in categories[0].items()},
        "models": {
            name: {"trees": len(model._predictors), "baseline": _baseline(model)}
            for name, model in models.items()
        },
    }
    arrays = {f"trees_{name}.npy": to_bytes(array) for name, array in trees.items()}
    return {"car.json": canonical_json.dump(document), **arrays}


def _baseline(model: object) -> float:
    return float(np.asarray(model._baseline_prediction).item())  # type: ignore[attr-defined]

"""A fitted car price pipeline as the files of a bundle."""

from __future__ import annotations

import numpy as np
from sklearn.pipeline import Pipeline

from iargus.bundles import strict_json
from iargus.bundles.arrays import to_bytes
from iargus.bundles.car_models import COLUMNS, MODELS
from iargus.bundles.car_names import TABLES
from iargus.bundles.errors import NotCompilable
from iargus.bundles.export_trees import categories_of, export_trees
from iargus.bundles.steps import only, step
from iargus.estimators.car_encoder import CarEncoder
from iargus.estimators.car_features import CarFeatures
from iargus.estimators.conformal_price import ConformalPriceRegressor


def export_car(estimator: Pipeline) -> dict[str, bytes]:
    """Return the files by name.

    Raises:
        NotCompilable: a step is of another type or set in a way that bundles do not know.
    """
    only(estimator, ("features", "price"))
    features = step(estimator, "features", CarFeatures)
    price = step(estimator, "price", ConformalPriceRegressor)
    encoder = features.encoder_
    if type(encoder) is not CarEncoder:
        raise NotCompilable(f"features.encoder: a {type(encoder).__name__} is no CarEncoder")
    if price.n_features_in_ != COLUMNS:
        raise NotCompilable(f"price: fitted on {price.n_features_in_} columns, not {COLUMNS}")
    models = {name: getattr(price, f"{name}_") for name in MODELS}
    trees = export_trees([(f"price.{name}", model) for name, model in models.items()])
    categories = [categories_of(model, f"price.{name}") for name, model in models.items()]
    if any(other != categories[0] for other in categories):
        raise NotCompilable("price: its models know different categories")
    document = {
        **{table: getattr(encoder, f"{table}_") for table in TABLES},
        "categories": {str(column): codes for column, codes in categories[0].items()},
        "models": {
            name: {"trees": len(model._predictors), "baseline": _baseline(model)}
            for name, model in models.items()
        },
        "margin_low": float(price.margin_low_),
        "margin_high": float(price.margin_high_),
        "reference_year": float(features.reference_year_),
    }
    arrays = {f"trees_{name}.npy": to_bytes(array) for name, array in trees.items()}
    return {"car.json": strict_json.dump(document), **arrays}


def _baseline(model: object) -> float:
    return float(np.asarray(model._baseline_prediction).item())  # type: ignore[attr-defined]

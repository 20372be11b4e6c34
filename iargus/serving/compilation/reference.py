"""What the estimator itself says; bundles are held against it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from iargus.compiled.bundle import FloatArray, Payload
from iargus.compiled.errors import NotCompilable
from iargus.tasks.car_price.compiled import bundle as car
from iargus.tasks.car_price.estimator.name_encoder import NameEncoder
from iargus.tasks.text_intent import compiled as text

_CAR_COLUMNS = ["state", "make", "model", "year", "mileage"]


def reference(kind: str, estimator: Pipeline, payloads: Sequence[Payload]) -> FloatArray:
    """Return the numbers of the answers of ``estimator`` to (n,) rows, as `Bundle.numbers`.

    Raises:
        NotCompilable: the kind has no bundles.
    """
    if kind == car.KIND:
        table = pd.DataFrame(list(payloads), columns=_CAR_COLUMNS)
        features = estimator[:-1].transform(table)
        prices = np.column_stack(estimator[-1].predict_with_interval(features))
        encoder = estimator.named_steps["features"].encoder_
        if not isinstance(encoder, NameEncoder):
            return prices
        codes = [car.unknown_code(names) for names in encoder.unknown(table)]
        return np.column_stack([prices, np.array(codes, dtype=np.float64)])
    if kind == text.KIND:
        table = pd.DataFrame(list(payloads), columns=["text"])
        found: FloatArray = estimator.predict_proba(table)
        return found
    raise NotCompilable(f"the kind {kind!r} has no form as a bundle")

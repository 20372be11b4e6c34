"""Where the types of earlier releases are now, so that their models and encoders still load.

A file names its types by module. What was checked (digest, signature, list of trusted types) stays
what it was: the names are read as today's before the list is asked.
"""

from __future__ import annotations

from typing import Any

_CAR, _TEXT = "iargus.tasks.car_price", "iargus.tasks.text_intent"
_LAYOUT_1, _PIPELINE = f"{_CAR}.estimator.layout_1", f"{_TEXT}.pipeline"
MODULES = {
    "iargus.compiled.smooth_pinball": f"{_CAR}.estimator.smooth_pinball",
    "iargus.estimators.car_encoder": _LAYOUT_1,
    "iargus.estimators.car_features": _LAYOUT_1,
    "iargus.estimators.conformal_price": _LAYOUT_1,
    "iargus.estimators.intent_classifier": f"{_TEXT}.classifier",
    "iargus.estimators.ngrams": _PIPELINE,
    "iargus.estimators.text": _PIPELINE,
    f"{_CAR}.estimator.conformal": _LAYOUT_1,
    f"{_CAR}.estimator.encoder": _LAYOUT_1,
    f"{_CAR}.estimator.features": _LAYOUT_1,
    f"{_TEXT}.ngrams": _PIPELINE,
}


def current_module(name: str) -> str:
    """The module in which the types of `name` are now."""
    return MODULES.get(name, name)


def with_current_names(schema: Any) -> Any:
    """A copy of a skops schema whose types are named as they are now."""
    if isinstance(schema, dict):
        named = {key: with_current_names(value) for key, value in schema.items()}
        if isinstance(named.get("__module__"), str):
            named["__module__"] = current_module(named["__module__"])
        return named
    if isinstance(schema, list):
        return [with_current_names(value) for value in schema]
    return schema

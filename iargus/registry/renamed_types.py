"""Where the types of earlier releases are now, so that their models and encoders still load.

A file names its types by module. Its bytes, digest and signature stay the same: names are replaced
by current ones after the digest was checked, and before the list of trusted types is.
"""

from __future__ import annotations

from collections.abc import Iterable
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


def rename(nodes: Iterable[dict[str, Any]]) -> bool:
    """Give types of an earlier release their current names, in the nodes of a skops schema; say
    whether there were any."""
    earlier = [node for node in nodes if node.get("__module__") in MODULES]
    for node in earlier:
        node["__module__"] = current_module(node["__module__"])
    return bool(earlier)

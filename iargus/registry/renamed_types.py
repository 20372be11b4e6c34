"""Where the types of earlier releases are now, so that their models and encoders still load.

A file names its types by module. Its bytes, digest and signature stay the same: names are replaced
by current ones after the digest was checked, and before the list of trusted types is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_CAR, _TEXT = "iargus.tasks.car_price", "iargus.tasks.text_intent"
MODULES = {
    "iargus.estimators.car_encoder": f"{_CAR}.estimator.encoder",
    "iargus.estimators.car_features": f"{_CAR}.estimator.features",
    "iargus.estimators.conformal_price": f"{_CAR}.estimator.conformal",
    "iargus.estimators.intent_classifier": f"{_TEXT}.classifier",
    "iargus.estimators.ngrams": f"{_TEXT}.ngrams",
    "iargus.estimators.text": f"{_TEXT}.pipeline",
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

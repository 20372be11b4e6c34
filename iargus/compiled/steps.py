"""Steps of a pipeline that are exactly of the types that bundles know."""

from __future__ import annotations

from typing import Any

from sklearn.pipeline import Pipeline

from iargus.compiled.errors import NotCompilable


def only(estimator: Any, steps: tuple[str, ...]) -> None:
    """Check that ``estimator`` is a pipeline of these steps.

    Raises:
        NotCompilable: it is not.
    """
    if type(estimator) is not Pipeline:
        raise NotCompilable(f"a {type(estimator).__name__} is no pipeline")
    found = tuple(estimator.named_steps)
    if found != steps:
        at = next((name for name in found if name not in steps), None)
        what = f"{at}: a {type(estimator.named_steps[at]).__name__}" if at else f"{found}"
        raise NotCompilable(f"{what} has no form as a bundle; its steps are {', '.join(steps)}")


def step(estimator: Pipeline, name: str, kind: type[Any]) -> Any:
    """Return the step ``name``, which is a ``kind`` and no subclass of it.

    Raises:
        NotCompilable: it is of another type.
    """
    found = estimator.named_steps[name]
    if type(found) is not kind:
        raise NotCompilable(f"{name}: a {type(found).__name__} is no {kind.__name__}")
    return found

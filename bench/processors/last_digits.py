"""Change the last digits of whatever is fitted; a plugin of pytest (`-p`), or `change_last_digits`.

Each number that a sum, a solver or a logarithm would round otherwise on another processor is
multiplied by about 1 ± 1e-11: more than any order of sums makes, and far less than a test may care
about. The change depends on the seed and on the place of a number alone, so that the same data
still give the same model within a process.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

SEED = "IARGUS_BENCH_LAST_DIGITS"
SIZE = 1e-11


def changed(values: Any) -> Any:
    """``values`` with other last digits."""
    found = np.asarray(values, dtype=np.float64)
    random = np.random.default_rng([int(os.environ[SEED]), found.size])
    return found * (1 + SIZE * random.uniform(-1, 1, found.shape))


def change_last_digits() -> None:
    """From here on, in this process."""
    import scipy.linalg
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.svm import LinearSVC

    for kind in (LogisticRegression, Ridge, LinearSVC):
        kind.fit = _changing_coefficients(kind.fit)
    fit_trees, squares = HistGradientBoostingRegressor.fit, np.linalg.lstsq
    equations = scipy.linalg.solve

    def fit(self: Any, X: Any, y: Any, sample_weight: Any = None) -> Any:
        return fit_trees(self, X, changed(y), sample_weight)

    def lstsq(*given: Any, **options: Any) -> Any:
        found, *others = squares(*given, **options)
        return changed(found), *others

    def solve(*given: Any, **options: Any) -> Any:
        return changed(equations(*given, **options))

    HistGradientBoostingRegressor.fit = fit
    np.linalg.lstsq = lstsq
    scipy.linalg.solve = solve


def _changing_coefficients(fit: Callable[..., Any]) -> Callable[..., Any]:
    def changing(self: Any, *given: Any, **options: Any) -> Any:
        fit(self, *given, **options)
        self.coef_ = changed(self.coef_)
        return self

    return changing


def pytest_configure() -> None:
    if SEED in os.environ:
        change_last_digits()

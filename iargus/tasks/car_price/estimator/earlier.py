"""Estimators of earlier releases: they answer for the versions that are registered."""

from typing import Any, NoReturn

from sklearn.base import BaseEstimator


class EarlierEstimator(BaseEstimator):  # type: ignore[misc]
    """An estimator that predicts as it was fitted, and is fitted no more."""

    def fit(self, X: Any, y: Any = None) -> NoReturn:
        """Refuse; scikit-learn takes nothing without this method for an estimator."""
        raise NotImplementedError(f"{type(self).__name__} is kept for versions of earlier releases")

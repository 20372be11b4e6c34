"""A linear classifier for very unequal classes, with calibrated probabilities."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.utils.validation import check_is_fitted

FloatArray = npt.NDArray[np.float64]

ABSENT = -20.0  # log-odds of a class that a fold has not seen
MIN_ROWS = 10  # fewer rows cannot tell a temperature


class IntentClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Mean of a softmax regression and a large-margin classifier, then one temperature.

    The margins of the one-against-rest machine (Crammer & Singer discuss the choice, 2001) are
    better at the label, the regression at the probability. Both are linear, hence so is their mean:
    one matrix, whatever was averaged. ``margin_scale`` brings margins to the size of log-odds.

    A class with n_c of n rows weighs ``(n / (k * n_c)) ** class_weight_power``: 0 serves log-loss,
    1 ("balanced") serves rare classes, the square root between them serves both. The temperature
    (Guo et al., 2017) is fitted on out-of-fold scores; it changes confidence, never the ranking.
    Classes with a single row are allowed: a fold that lacks a class scores it at ``ABSENT``.

    Fitted: ``classes_`` (k,), ``coef_`` (k, d), ``intercept_`` (k,), ``temperature_``.
    """

    def __init__(
        self,
        C: float = 30.0,
        C_margin: float = 1.0,
        margin_scale: float = 6.0,
        class_weight_power: float = 0.5,
        cv: int = 4,
        max_iter: int = 300,
        random_state: int = 0,
    ) -> None:
        self.C = C
        self.C_margin = C_margin
        self.margin_scale = margin_scale
        self.class_weight_power = class_weight_power
        self.cv = cv
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, X: sparse.csr_matrix, y: npt.ArrayLike) -> Self:
        """Fit on (n, d) features and (n,) labels of at least two classes, else ``ValueError``."""
        self.classes_, place = np.unique(np.asarray(y), return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("at least two classes are needed")
        X = sparse.csr_matrix(X)
        self.temperature_ = self._temperature(X, place)
        self.coef_, self.intercept_ = self._weights(X, place)
        self.n_features_in_ = X.shape[1]
        return self

    def decision_function(self, X: sparse.csr_matrix) -> FloatArray:
        """Return the tempered scores, (n, k); their softmax are the probabilities."""
        check_is_fitted(self, "coef_")
        scores: FloatArray = (X @ self.coef_.T + self.intercept_) / self.temperature_
        return scores

    def predict_proba(self, X: sparse.csr_matrix) -> FloatArray:
        """Return probabilities, (n, k) in the order of ``classes_``; rows sum to one."""
        probabilities: FloatArray = softmax(self.decision_function(X), axis=1)
        return probabilities

    def predict(self, X: sparse.csr_matrix) -> npt.NDArray[Any]:
        """Return the most probable label of each row, (n,)."""
        labels: npt.NDArray[Any] = self.classes_[self.decision_function(X).argmax(axis=1)]
        return labels

    def _weights(self, X: sparse.csr_matrix, place: npt.NDArray[np.intp]) -> tuple[Any, Any]:
        """Fit on the classes present; return (k, d) and (k,) with absent classes at ``ABSENT``."""
        k = len(self.classes_)
        present, counts = np.unique(place, return_counts=True)
        coef, intercept = np.zeros((k, X.shape[1])), np.full(k, ABSENT)
        if len(present) == 1:
            intercept[present] = 0.0
            return coef, intercept
        weight = (len(place) / (len(present) * counts)) ** self.class_weight_power
        weights = dict(zip(present.tolist(), weight, strict=True))
        softmax_model = LogisticRegression(
            C=self.C, max_iter=self.max_iter, class_weight=weights
        ).fit(X, place)
        margin_model = LinearSVC(
            C=self.C_margin, class_weight=weights, random_state=self.random_state
        ).fit(X, place)
        intercept[present] = 0.0
        for model, share in ((softmax_model, 0.5), (margin_model, 0.5 * self.margin_scale)):
            if len(present) == 2:  # one row of coefficients stands for the second class
                coef[present] += share * np.vstack([-model.coef_ / 2, model.coef_ / 2])
                intercept[present] += share * np.array([-0.5, 0.5]) * model.intercept_
            else:
                coef[present] += share * model.coef_
                intercept[present] += share * model.intercept_
        return coef, intercept

    def _temperature(self, X: sparse.csr_matrix, place: npt.NDArray[np.intp]) -> float:
        n = len(place)
        if n < MIN_ROWS:
            return 1.0
        # Rows of each class are dealt out in turn, so every fold sees what it can of each class.
        order = np.random.default_rng(self.random_state).permutation(n)
        order = order[np.argsort(place[order], kind="stable")]
        fold = np.empty(n, dtype=np.intp)
        fold[order] = np.arange(n) % self.cv
        scores = np.empty((n, len(self.classes_)))
        for part in range(self.cv):
            coef, intercept = self._weights(X[fold != part], place[fold != part])
            scores[fold == part] = X[fold == part] @ coef.T + intercept

        def loss(log_temperature: float) -> float:
            p = softmax(scores / np.exp(log_temperature), axis=1)[np.arange(n), place]
            return float(-np.mean(np.log(p + 1e-4)))  # the floor keeps unseen classes from ruling

        best = minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded")
        return float(np.exp(best.x))

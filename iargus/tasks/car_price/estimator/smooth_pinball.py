"""A loss of which boosted trees can be constrained: quantiles, made smooth."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn._loss.loss import PinballLoss

FloatArray = npt.NDArray[np.float64]


class SmoothPinball(PinballLoss):  # type: ignore[misc]
    """The pinball loss for `HistGradientBoostingRegressor`, with steps that keep its constraints.

    scikit-learn replaces the leaves of trees fitted by "absolute_error" and "quantile" with
    quantiles of their rows once a tree is grown, and these respect no monotonic constraint
    (`_update_leaves_values`). This one majorises |r| by a parabola through sqrt(r² + width²)
    (Hunter & Lange, 2000), so that a Newton step, which respects them, does the same work.
    ``width`` is that of the bend, in log dollars: a wide one learns the middle better, a narrow one
    is needed where few rows lie beyond a quantile.
    """

    differentiable = True

    def __init__(
        self, sample_weight: Any = None, quantile: float = 0.5, width: float = 0.2
    ) -> None:
        super().__init__(sample_weight=sample_weight, quantile=quantile)
        self.quantile = quantile
        self.width = width
        self.constant_hessian = False

    def gradient_hessian(
        self,
        y_true: FloatArray,
        raw_prediction: FloatArray,
        sample_weight: FloatArray | None = None,
        gradient_out: FloatArray | None = None,
        hessian_out: FloatArray | None = None,
        n_threads: int = 1,  # noqa: ARG002
    ) -> tuple[FloatArray, FloatArray]:
        """Return slope and curvature of the parabola at each row, each like ``raw_prediction``."""
        residual = y_true - raw_prediction.reshape(y_true.shape)
        weight = 1.0 if sample_weight is None else sample_weight
        curvature = 0.5 / np.sqrt(residual**2 + self.width**2)
        slope = -(residual * curvature + (self.quantile - 0.5)) * weight
        gradient = np.empty_like(raw_prediction) if gradient_out is None else gradient_out
        hessian = np.empty_like(raw_prediction) if hessian_out is None else hessian_out
        gradient[...] = slope.reshape(gradient.shape)
        hessian[...] = (curvature * weight).reshape(hessian.shape)
        return gradient, hessian

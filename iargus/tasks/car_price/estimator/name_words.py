"""What the words of a car's name are worth, in log dollars."""

from collections import Counter

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import linalg, sparse

from iargus.tasks.car_price.estimator.price_curve import AGE_CENTRE, AGE_SCALE, DIGITS

FloatArray = npt.NDArray[np.float64]


def fit_words(
    bags: list[list[str]],
    age: FloatArray,
    mileage: FloatArray,
    log_price: FloatArray,
    *,
    alpha: float,
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the level of each word and the change of that level with age.

    Ridge regression of the log price on hinges of age and mileage, on words and on words times age.
    ``age`` is in years and ``mileage`` in miles, NaN allowed, each (n,). Words met once are
    left out.
    """
    counts = Counter(word for bag in bags for word in bag)
    words = sorted(word for word, count in counts.items() if count >= 2)
    place = {word: j for j, word in enumerate(words)}
    pairs = [(i, place[word]) for i, bag in enumerate(bags) for word in bag if word in place]
    row, col = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    hot = sparse.csr_matrix((np.ones(len(row)), (row, col)), shape=(len(bags), len(words)))
    years = np.clip(np.nan_to_num(age, nan=AGE_CENTRE), 0, 40)
    numeric = sparse.csr_matrix(_hinges(years, mileage))
    by_age = sparse.diags((years - AGE_CENTRE) / AGE_SCALE) @ hot
    design = sparse.hstack([numeric, hot, by_age]).tocsr()
    coef, intercept = _ridge(design, log_price, np.ones(len(log_price)), alpha)
    # One step of Huber's (1964) reweighting: a typing error in a price moves no name.
    residual = np.abs(log_price - design @ coef - intercept)
    weight = np.minimum(1.0, 0.4 / (residual + 1e-9))
    coef, _ = _ridge(design, log_price, weight, alpha)
    level, slope = np.split(coef[numeric.shape[1] :].round(DIGITS), 2)
    return (
        dict(zip(words, level.tolist(), strict=True)),
        dict(zip(words, slope.tolist(), strict=True)),
    )


def numeric_column(X: pd.DataFrame, name: str) -> FloatArray:
    """Return a column as floats, (n,); what is no number is NaN."""
    return pd.to_numeric(X[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def _ridge(
    design: sparse.csr_matrix, target: FloatArray, weight: FloatArray, alpha: float
) -> tuple[FloatArray, float]:
    """Return coefficients and intercept of a weighted ridge regression (Hoerl & Kennard, 1970).

    Solved directly: for sparse columns with an intercept scikit-learn has iterations only, whose
    end depends on the processor.
    """
    weighted = sparse.diags(weight) @ design
    mean = np.asarray(weighted.sum(axis=0)).ravel() / weight.sum()
    centre = float(weight @ target / weight.sum())
    gram = (design.T @ weighted).toarray() - weight.sum() * np.outer(mean, mean)
    gram[np.diag_indices_from(gram)] += alpha
    moment = weighted.T @ target - weight.sum() * mean * centre
    coef: FloatArray = linalg.solve(gram, moment, assume_a="pos")
    return coef, centre - float(mean @ coef)


def _hinges(age: FloatArray, miles: FloatArray) -> FloatArray:
    missing = np.isnan(miles)
    m = np.clip(np.where(missing, 1.0e5, miles), 0, 4.0e5) / 1.0e5
    bends = [np.maximum(age - knot, 0) / 10 for knot in (0, 3, 8, 15, 25)]
    return np.column_stack([*bends, m, np.maximum(m - 0.5, 0), np.maximum(m - 1.5, 0), missing])

"""How fast a model year loses value while the training window lasts."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

YOUNG = 12.0  # years; beyond, prices are nearly flat and say nothing about depreciation
MIN_T = 2.0  # a drift below two standard errors is not told from none


def depreciation_clock(
    log_price: FloatArray,
    age: FloatArray,
    mileage: FloatArray,
    years_ago: FloatArray,
    *,
    group: FloatArray,
) -> float:
    """Return in [0, 1] by how many years a car ages, in price, per year of the window.

    1: an old sale was that of a younger car (true age at sale). 0: prices of a model year stayed
    as they were (raw year), as they do over months when demand makes up for age. Which one holds
    depends on window and market, so it is estimated: least squares of the log price on age, mileage
    and time before the end of the window, all centred within ``group`` (the within estimator of
    panel data; Frisch & Waugh, 1933). All arrays are (n,); ages in years, mileage in miles.
    """
    rows = (age >= 0) & (age <= YOUNG)
    known = mileage[~np.isnan(mileage)]
    miles = np.where(np.isnan(mileage), known.mean() if known.size else 0.0, mileage)
    columns = np.column_stack([log_price, age, np.clip(miles, 0, 3e5) / 1e5, years_ago])[rows]
    if len(columns) < 100 or np.ptp(columns[:, 3]) < 0.25:
        return 0.0
    _, place = np.unique(np.nan_to_num(group[rows], nan=-1.0), return_inverse=True)
    counts = np.bincount(place)
    means = [np.bincount(place, weights=c) / counts for c in columns.T]
    centred = columns - np.column_stack(means)[place]
    target, design = centred[:, 0], centred[:, 1:]
    coef: FloatArray = np.zeros(3)
    weight: FloatArray = np.ones(len(target))
    for _ in range(3):  # Huber's (1964) weights, by iteration
        root = np.sqrt(weight)[:, np.newaxis]
        solution = np.linalg.lstsq(design * root, target * root[:, 0], rcond=None)[0]
        coef = np.asarray(solution, dtype=np.float64)
        residual: FloatArray = np.abs(target - design @ coef)
        weight = np.asarray(np.minimum(1.0, 0.4 / (residual + 1e-9)), dtype=np.float64)
    spread = np.average(residual**2, weights=weight)
    covariance = np.linalg.pinv((design * weight[:, None]).T @ design) * spread
    error = float(np.sqrt(max(covariance[2, 2], 1e-18)))
    per_age, per_year_ago = float(coef[0]), float(coef[2])
    if per_age >= 0 or per_year_ago / error < MIN_T:
        return 0.0
    return float(np.clip(per_year_ago / -per_age, 0.0, 1.0))

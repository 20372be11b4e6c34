"""Pictures for a regression: the error by groups of rows, and the residuals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from iargus.tasks.base import Task
from iargus.training.evaluate import Evaluation

_TOP = 15
_MAX_LEVELS = 200


def figures(task: Task, rows: pd.DataFrame, evaluation: Evaluation) -> dict[str, Figure]:
    """Error by predicted value, by age where there is a year, by every categorical feature."""
    errors = pd.Series(evaluation.errors)
    deciles = pd.qcut(evaluation.predicted, 10, duplicates="drop", precision=0)
    drawn = {
        "error_by_prediction": _groups(
            task, errors, pd.Series(deciles), "prediction", keep_order=True
        ),
        "residuals": _residuals(task, rows, evaluation),
    }
    if "year" in rows:
        age = (rows["observed_at"].dt.year - rows["year"]).clip(0, 30)
        bins = pd.cut(age, [-1, 0, 2, 4, 6, 8, 10, 15, 20, 30])
        names = {interval: _years(interval) for interval in bins.cat.categories}
        named = bins.cat.rename_categories(names)
        drawn["error_by_age"] = _groups(task, errors, named, "age [years]", keep_order=True)
    for name in task.features:
        values = rows[name]
        if not pd.api.types.is_numeric_dtype(values) and values.nunique() <= _MAX_LEVELS:
            drawn[f"error_by_{name}"] = _groups(task, errors, values, name, keep_order=False)
    return drawn


def _years(interval: pd.Interval) -> str:
    first, last = int(interval.left) + 1, int(interval.right)
    return str(last) if first == last else f"{first}-{last}"


def _groups(
    task: Task,
    errors: pd.Series[float],
    groups: pd.Series,
    name: str,
    *,
    keep_order: bool,
) -> Figure:
    """Bars of the mean error, with the middle half of the rows of each group as a line."""
    grouped = errors.groupby(groups.reset_index(drop=True), observed=True)
    table = pd.DataFrame(
        {
            "mean": grouped.mean(),
            "low": grouped.quantile(0.25),
            "high": grouped.quantile(0.75),
            "rows": grouped.size(),
        }
    )
    if not keep_order:
        table = table.sort_values("rows", ascending=False).head(_TOP)
    table = table.iloc[::-1]
    figure = Figure(figsize=(8, 1.6 + 0.34 * len(table)), layout="constrained")
    axes = figure.add_subplot()
    places = np.arange(len(table))
    axes.barh(places, 100 * table["mean"], color="#4c78a8", label="mean")
    axes.hlines(
        places, 100 * table["low"], 100 * table["high"], color="#222", label="middle half of rows"
    )
    axes.axvline(100 * task.policy.threshold, color="#c44", ls="--", label="threshold")
    axes.set_yticks(
        places,
        [f"{level} (n={count})" for level, count in zip(table.index, table["rows"], strict=True)],
    )
    axes.set_xlabel("relative error [%]")
    most = f", the {_TOP} most frequent" if not keep_order and len(table) == _TOP else ""
    axes.set_ylabel(name)
    axes.set_title(f"{task.name}: error by {name}{most}")
    figure.legend(loc="outside lower center", ncols=3, fontsize="small")
    return figure


def _residuals(task: Task, rows: pd.DataFrame, evaluation: Evaluation) -> Figure:
    truth: NDArray[np.float64] = rows["label"].to_numpy(dtype=np.float64)
    predicted = evaluation.predicted
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    both = np.concatenate([truth, predicted[predicted > 0]])
    span = [both.min(), both.max()]
    left.scatter(truth, predicted, s=5, alpha=0.3, color="#4c78a8", rasterized=True)
    left.plot(span, span, color="#c44", lw=1, label="prediction = truth")
    left.set_xscale("log")
    left.set_yscale("log")
    left.set_xlabel("truth")
    left.set_ylabel("prediction")
    left.legend(fontsize="small")
    relative = 100 * (predicted - truth) / truth
    right.hist(np.clip(relative, -100, 150), bins=60, color="#4c78a8")
    right.axvline(0, color="#c44", lw=1)
    right.set_xlabel("(prediction - truth) / truth [%], ends hold what lies beyond")
    right.set_ylabel("rows")
    figure.suptitle(f"{task.name}: residuals of {len(truth)} held-out rows")
    return figure

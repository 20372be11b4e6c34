"""Pictures of an evaluation, as PNG, for the run in the registry; without pyplot's global state.

A regression gets its error by groups of rows and its residuals, a classification its confusion
matrix and its calibration curve.
"""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix

from iargus.tasks.base import Problem, Task
from iargus.training.evaluate import CALIBRATION_BINS, Evaluation, calibration_bins

_TOP_GROUPS = 15
_MAX_LEVELS = 200
_TOP_LABELS = 25
_OTHERS = "(others)"
_BLUE, _RED = "#4c78a8", "#c44"


def draw(task: Task, rows: pd.DataFrame, evaluation: Evaluation) -> dict[str, bytes]:
    """PNG pictures by name; `rows` are those that the evaluation is of, in the same order."""
    figures = regression if task.problem is Problem.REGRESSION else classification
    return {name: _png(figure) for name, figure in figures(task, rows, evaluation).items()}


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    FigureCanvasAgg(figure)
    # Without the name of the program and its version, equal figures are equal files.
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def regression(task: Task, rows: pd.DataFrame, evaluation: Evaluation) -> dict[str, Figure]:
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
    task: Task, errors: pd.Series[float], groups: pd.Series, name: str, *, keep_order: bool
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
        table = table.sort_values("rows", ascending=False).head(_TOP_GROUPS)
    table = table.iloc[::-1]
    figure = Figure(figsize=(8, 1.6 + 0.34 * len(table)), layout="constrained")
    axes = figure.add_subplot()
    places = np.arange(len(table))
    axes.barh(places, 100 * table["mean"], color=_BLUE, label="mean")
    axes.hlines(
        places, 100 * table["low"], 100 * table["high"], color="#222", label="middle half of rows"
    )
    axes.axvline(100 * task.policy.threshold, color=_RED, ls="--", label="threshold")
    axes.set_yticks(
        places,
        [f"{level} (n={count})" for level, count in zip(table.index, table["rows"], strict=True)],
    )
    most = (
        f", the {_TOP_GROUPS} most frequent" if not keep_order and len(table) == _TOP_GROUPS else ""
    )
    axes.set(xlabel="relative error [%]", ylabel=name, title=f"{task.name}: error by {name}{most}")
    figure.legend(loc="outside lower center", ncols=3, fontsize="small")
    return figure


def _residuals(task: Task, rows: pd.DataFrame, evaluation: Evaluation) -> Figure:
    truth: NDArray[np.float64] = rows["label"].to_numpy(dtype=np.float64)
    predicted = evaluation.predicted
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    both = np.concatenate([truth, predicted[predicted > 0]])
    span = [both.min(), both.max()]
    left.scatter(truth, predicted, s=5, alpha=0.3, color=_BLUE, rasterized=True)
    left.plot(span, span, color=_RED, lw=1, label="prediction = truth")
    left.set(xscale="log", yscale="log", xlabel="truth", ylabel="prediction")
    left.legend(fontsize="small")
    relative = 100 * (predicted - truth) / truth
    right.hist(np.clip(relative, -100, 150), bins=60, color=_BLUE)
    right.axvline(0, color=_RED, lw=1)
    right.set(xlabel="(prediction - truth) / truth [%], ends hold what lies beyond", ylabel="rows")
    figure.suptitle(f"{task.name}: residuals of {len(truth)} held-out rows")
    return figure


def classification(task: Task, rows: pd.DataFrame, evaluation: Evaluation) -> dict[str, Figure]:
    """A confusion matrix of the most frequent labels, and a calibration curve."""
    drawn = {"confusion_matrix": _confusion(task, rows, evaluation)}
    if evaluation.confidence is not None:
        drawn["calibration"] = _calibration(task, evaluation)
    return drawn


def _confusion(task: Task, rows: pd.DataFrame, evaluation: Evaluation) -> Figure:
    truth = rows["label"].astype(str)
    predicted = pd.Series(evaluation.predicted, index=truth.index).astype(str)
    labels = list(truth.value_counts().index)
    labels += sorted(set(predicted) - set(labels))
    if len(labels) > _TOP_LABELS:
        labels = labels[: _TOP_LABELS - 1]
        truth = truth.where(truth.isin(labels), _OTHERS)
        predicted = predicted.where(predicted.isin(labels), _OTHERS)
        labels = [*labels, _OTHERS]
    counts = confusion_matrix(truth, predicted, labels=labels)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = 3.2 + 0.36 * len(labels)
    figure = Figure(figsize=(size + 1, size), layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(image, ax=axes, label="share of the true label", shrink=0.7)
    for row, column in np.argwhere(counts > 0):
        axes.text(
            column,
            row,
            str(counts[row, column]),
            ha="center",
            va="center",
            fontsize=7,
            color="white" if shares[row, column] > 0.5 else "#222",
        )
    short = [label if len(label) <= 24 else label[:23] + "…" for label in labels]
    axes.set_xticks(range(len(labels)), short, rotation=90, fontsize=8)
    axes.set_yticks(range(len(labels)), short, fontsize=8)
    title = f"{task.name}: {len(rows)} held-out rows"
    axes.set(xlabel="predicted label", ylabel="true label", title=title)
    return figure


def _calibration(task: Task, evaluation: Evaluation) -> Figure:
    assert evaluation.confidence is not None
    rows, confidence, right = calibration_bins(evaluation.confidence, evaluation.errors == 0)
    used = rows > 0
    figure = Figure(figsize=(6, 6.5), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=[3, 1], sharex=True)
    above.plot([0, 1], [0, 1], color="#999", ls="--", label="perfect")
    above.plot(
        confidence[used] / rows[used],
        right[used] / rows[used],
        marker="o",
        color=_BLUE,
        label="model",
    )
    above.legend(fontsize="small")
    title = f"{task.name}: calibration (ECE {evaluation.extra['ece']:.3f})"
    above.set(ylabel="share of right answers", ylim=(0, 1), title=title)
    below.hist(evaluation.confidence, bins=np.linspace(0, 1, CALIBRATION_BINS + 1), color=_BLUE)
    below.set(xlabel="probability of the predicted label", ylabel="rows")
    return figure

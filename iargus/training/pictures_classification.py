"""Pictures for a classification: who is taken for whom, and whether confidence means anything."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.metrics import confusion_matrix

from iargus.tasks.base import Task
from iargus.training.evaluate import Evaluation

_TOP = 25
_OTHERS = "(others)"
_BINS = 10


def figures(task: Task, rows: pd.DataFrame, evaluation: Evaluation) -> dict[str, Figure]:
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
    if len(labels) > _TOP:
        labels = labels[: _TOP - 1]
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
    axes.set_xlabel("predicted label")
    axes.set_ylabel("true label")
    axes.set_title(f"{task.name}: {len(rows)} held-out rows")
    return figure


def _calibration(task: Task, evaluation: Evaluation) -> Figure:
    assert evaluation.confidence is not None
    confidence, right = evaluation.confidence, evaluation.errors == 0
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    places = np.unique(bins)
    figure = Figure(figsize=(6, 6.5), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=[3, 1], sharex=True)
    above.plot([0, 1], [0, 1], color="#999", ls="--", label="perfect")
    above.plot(
        [confidence[bins == place].mean() for place in places],
        [right[bins == place].mean() for place in places],
        marker="o",
        color="#4c78a8",
        label="model",
    )
    above.set_ylabel("share of right answers")
    above.set_ylim(0, 1)
    above.legend(fontsize="small")
    above.set_title(f"{task.name}: calibration (ECE {evaluation.extra['ece']:.3f})")
    below.hist(confidence, bins=np.linspace(0, 1, _BINS + 1), color="#4c78a8")
    below.set_xlabel("probability of the predicted label")
    below.set_ylabel("rows")
    return figure

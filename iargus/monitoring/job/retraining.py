"""After a breach: a challenger, and a fair contest on a held-out newest slice. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from iargus.errors import DataError
from iargus.monitoring.month.scoring import usable_rows
from iargus.monitoring.stats.performance.comparison import Decision, Promotion, compare_models
from iargus.storage.labelled.repeats import LABEL, EarlierRows
from iargus.storage.labelled.store import LabelledStore
from iargus.tasks.base import Task
from iargus.training.evaluate import Evaluation, evaluate
from iargus.training.fit import fit_candidate
from iargus.training.split import MINIMUM_ROWS


@dataclass(frozen=True)
class Holdout:
    """The rows that neither model has learned from, and how many were left out because they repeat
    an earlier one."""

    rows: pd.DataFrame
    repeated: int

    @property
    def repeated_share(self) -> float:
        total = len(self.rows) + self.repeated
        return self.repeated / total if total else 0.0


@dataclass(frozen=True)
class Contest:
    """Champion against challenger on the rows of the window from `cut` on.

    `holdout` are the rows it was held on, `evaluation` is the challenger's on them. `challenger`
    and `evaluation` are None when every held-out row repeats an earlier one: then
    nothing was fitted, because nothing could be compared.
    """

    cut: datetime
    learned: pd.DataFrame
    repeated: int
    promotion: Promotion
    holdout: pd.DataFrame
    repeated_share: float
    challenger: Pipeline | None
    evaluation: Evaluation | None

    @property
    def serving_error(self) -> float | None:
        """The error, on the held-out rows, of the model that serves after the decision."""
        if self.promotion.decision is Decision.PROMOTE:
            return self.promotion.challenger_error
        return self.promotion.champion_error


def compare_challenger(
    task: Task,
    window: pd.DataFrame,
    champion: Pipeline,
    store: LabelledStore,
    *,
    holdout_fraction: float,
) -> Contest:
    """Fit a challenger and compare it with the champion; writes nothing anywhere.

    The challenger is served as it was compared. Fitting it again on all rows after it has won
    would use the newest slice too, but serve a model that nobody has measured.

    Args:
        window: the judged rows, in order of time, at least one.
        store: the labelled rows of all time, of which those before the cut are learned from.

    Raises:
        DataError: there are too few rows before the cut to fit the task's estimator.
    """
    cut = cut_timestamp(window["observed_at"], holdout_fraction)
    learned = usable_rows(task, store.rows(end=cut))
    holdout = hold_out(window, learned, cut=cut, columns=[*task.features, LABEL])
    if holdout.rows.empty:
        nothing = compare_models([], [])
        return Contest(
            *(cut, learned, holdout.repeated, nothing, holdout.rows, holdout.repeated_share),
            *(None, None),
        )
    if len(learned) < MINIMUM_ROWS:
        raise DataError(
            f"{task.name} is over its limit, and has {len(learned)} labelled rows before "
            f"{cut:%Y-%m-%d %H:%M} to train on; a training needs at least {MINIMUM_ROWS}"
        )
    challenger = fit_candidate(task, learned)
    mine = evaluate(task, champion, holdout.rows)
    theirs = evaluate(task, challenger, holdout.rows)
    return Contest(
        cut=cut,
        learned=learned,
        repeated=holdout.repeated,
        promotion=compare_models(mine.errors, theirs.errors, segments=task.segments(holdout.rows)),
        holdout=holdout.rows,
        repeated_share=holdout.repeated_share,
        challenger=challenger,
        evaluation=theirs,
    )


def cut_timestamp(observed_at: pd.Series, fraction: float) -> datetime:
    """The time from which on rows are held out, nearest to `fraction` of them.

    Rows of one time stay together: data that knows only days must not have one day's sales on both
    sides. At least the newest time is held out.

    Args:
        observed_at: when each row was observed, ascending, at least one.
        fraction: the share of rows to hold out, between 0 and 1.
    """
    timestamps = observed_at.to_numpy()
    firsts = np.flatnonzero(np.r_[True, timestamps[1:] != timestamps[:-1]])
    held_out = (len(timestamps) - firsts) / len(timestamps)
    nearest = int(firsts[np.argmin(np.abs(held_out - fraction))])
    timestamp: datetime = pd.Timestamp(timestamps[nearest]).to_pydatetime()
    return timestamp


def hold_out(
    window: pd.DataFrame, learned: pd.DataFrame, *, cut: datetime, columns: Sequence[str]
) -> Holdout:
    """The rows of `window` from `cut` on, without those that `learned` holds as well.

    Nor those that repeat one before them: see `labelled.repeats`. `columns` are the features and
    the label.
    """
    newest = window[window["observed_at"] >= cut]
    earlier = EarlierRows(columns)
    earlier.remember(learned)
    first = earlier.first(newest)
    return Holdout(newest[first].reset_index(drop=True), int((~first).sum()))

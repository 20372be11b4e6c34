"""After a breach: a challenger, and a fair contest on a held-out newest slice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sklearn.pipeline import Pipeline

from iargus.errors import DataError
from iargus.monitoring.job.holdout import cut_timestamp, hold_out
from iargus.monitoring.month.scoring import usable_rows
from iargus.monitoring.stats.performance.comparison import Decision, Promotion, compare_models
from iargus.storage.labelled.store import LabelledStore
from iargus.tasks.base import Task
from iargus.training.evaluate import Evaluation, evaluate
from iargus.training.fit import fit_candidate
from iargus.training.split import MINIMUM_ROWS


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
    def promoted(self) -> bool:
        return self.promotion.decision is Decision.PROMOTE

    @property
    def serving_error(self) -> float | None:
        """The error, on the held-out rows, of the model that serves after the decision."""
        if self.promoted:
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
    learned = usable_rows(task, store.rows(end=cut)).rows
    holdout = hold_out(window, learned, cut=cut, columns=[*task.features, "label"])
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

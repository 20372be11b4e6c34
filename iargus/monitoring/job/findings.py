"""What a run has found about a task and decided, as plain data: a record of it can be read again
by the run that has to finish what another began. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from iargus.errors import DataError
from iargus.monitoring.observed import Observed
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.stats.performance.verdict import Verdict
from iargus.monitoring.view.month_view import Retraining
from iargus.monitoring.window import Window

if TYPE_CHECKING:
    from iargus.monitoring.job.retraining import Contest


@dataclass(frozen=True)
class Findings:
    """Everything that the outcome of a task is made from. Plain data only: it is kept as JSON.

    `evidence` is what this month and those before say together (`Evidence.to_json`), `observed`
    what the rows show beside their error.
    """

    champion: str
    window: Window
    verdict: Verdict
    refused_rows: int
    retraining: Retraining | None
    evidence: dict[str, Any] = field(default_factory=dict)
    observed: Observed = field(default_factory=Observed)

    @property
    def promotes(self) -> bool:
        return self.retraining is not None and self.retraining.decision is Decision.PROMOTE

    def with_challenger(self, version: str | None) -> Findings:
        """The same, once the challenger has a number."""
        if self.retraining is None:
            return self
        return replace(self, retraining=replace(self.retraining, challenger_version=version))

    def without_promotion(self, reason: str) -> Findings:
        """The same, where the challenger that was to be promoted cannot be served."""
        retraining = self.retraining
        if retraining is None:
            return self
        before = retraining.champion_error
        return replace(
            self,
            retraining=replace(
                retraining,
                decision=Decision.KEEP,
                serving_error=retraining.serving_error if before is None else before,
                refused=reason,
            ),
        )


@dataclass(frozen=True)
class Judgement:
    """A month of a task, decided; recorded before anything is done about it.

    Attributes:
        key: names this decision in the registry, so that what it has led to is found again.
        replaces: whether a record of the same month gives way, as `--force` asks.
        extra: further metrics of the champion on the window, by name.
    """

    task: str
    period: Period
    key: str
    replaces: bool
    findings: Findings
    extra: dict[str, float]

    @property
    def retrains(self) -> bool:
        """Whether a challenger was fitted, and so has to be registered."""
        retraining = self.findings.retraining
        return retraining is not None and retraining.holdout_rows > 0

    def to_json(self) -> dict[str, Any]:
        document: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Judgement:
        """Read what `to_json` gave.

        Raises:
            DataError: another version of IArgus wrote it, and this one cannot read it.
        """
        try:
            return _ADAPTER.validate_python(document)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise DataError(
                "a run of another version of IArgus was cut off, and its steps cannot be read "
                f"({first['msg']}): finish it with that version, or judge the month again with "
                "--force"
            ) from None


def finite(metrics: Mapping[str, float]) -> dict[str, float]:
    """Without what is no number: databases take none in JSON."""
    return {name: float(value) for name, value in metrics.items() if math.isfinite(value)}


def retraining_of(contest: Contest, window_error: float) -> Retraining:
    """A contest in figures; the challenger has no number yet."""
    # Without a row to compare on, the error of the whole window is all that is known.
    serving_error = contest.serving_error
    return Retraining(
        cut=contest.cut,
        learned_rows=len(contest.learned),
        holdout_rows=contest.promotion.rows,
        repeated_rows=contest.repeated,
        champion_error=contest.promotion.champion_error,
        challenger_error=contest.promotion.challenger_error,
        decision=contest.promotion.decision,
        p_value=contest.promotion.p_value,
        method=contest.promotion.method.value,
        challenger_version=None,
        serving_error=window_error if serving_error is None else serving_error,
        worse=contest.promotion.worse,
    )


_ADAPTER = TypeAdapter(Judgement)

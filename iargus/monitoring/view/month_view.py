"""A judged month: everything that is known of it, and all that people read is made from.

The job makes it once; it is stored as JSON with the record, with `--json` and in MLflow, and read
back from there. A comparison of two files is one too, without a period.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any

from iargus.mailing.message import Delivery
from iargus.monitoring.observed import Observed
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.stats.performance.evidence import Evidence
from iargus.monitoring.stats.performance.segments import Worse
from iargus.monitoring.view.decoding import decode

VERSION = 1  # of what is stored; documents of earlier releases have none


class Status(StrEnum):
    """How a task fared in a run; the first four are verdicts."""

    HEALTHY = "healthy"
    SUSPECT = "suspect"
    BREACH = "breach"
    INSUFFICIENT = "insufficient"
    NOT_DUE = "not_due"
    FAILED = "failed"


@dataclass(frozen=True)
class Retraining:
    """A contest between champion and challenger; errors are shares of one, on `holdout_rows`.
    `worse` are the segments that keep a challenger from being promoted; `refused` says why one
    that is better cannot be served."""

    cut: datetime
    learned_rows: int
    holdout_rows: int
    repeated_rows: int
    champion_error: float | None
    challenger_error: float | None
    decision: Decision
    p_value: float
    method: str
    challenger_version: str | None
    serving_error: float
    worse: tuple[Worse, ...] = ()
    refused: str | None = None


@dataclass(frozen=True)
class MonthView:
    """One task in one month. Times are UTC without a zone, errors shares of one. What is not known
    is None or empty.

    `refused_rows` are those whose label is none of the task. `interval` holds the true error with
    95 % confidence, `lower_bound` is what a breach needs above the threshold, `power` the chance
    that so many rows confirm an error a tenth above it, `evidence` what the months say together.
    `observed` is what the rows show beside the verdict. `mail` is the kind of mail that the month
    asks for and `also` are further reasons for it, the most urgent first; `mail_queued` is False
    too when the same mail was sent before. `report` is where the report lies on this machine. `due`
    says of a failure whether the month still waits for a run, or an earlier one has recorded it.
    """

    view_version: int = field(default=VERSION, init=False)
    task: str = ""
    period: Period | None = None
    status: Status | None = None
    sentence: str = ""
    metric: str = ""
    threshold: float | None = None
    window_start: datetime | None = None
    window_end: datetime | None = None
    missed_periods: tuple[Period, ...] = ()
    rows: int = 0
    refused_rows: int = 0
    error: float | None = None
    interval: tuple[float, float] | None = None
    lower_bound: float | None = None
    power: float | None = None
    evidence: Evidence | None = None
    champion_version: str | None = None
    serving_version: str | None = None
    retraining: Retraining | None = None
    observed: Observed | None = None
    mail: str | None = None
    also: tuple[str, ...] = ()
    mail_queued: bool = False
    run_id: str | None = None
    report: str | None = None
    due: bool | None = None

    def to_json(self) -> dict[str, Any]:
        document: dict[str, Any] = plain(self)
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> MonthView:
        """Read what `to_json` of this or an earlier release gave, as far as it goes."""
        view: MonthView = decode(cls, document)
        observed = view.observed
        if observed is None:
            return view
        # Earlier releases kept them in another order.
        segments = tuple(sorted(observed.segments, key=lambda each: -each.error))
        return replace(view, observed=replace(observed, segments=segments))

    @property
    def monthly(self) -> bool:
        """A month of the monthly run; otherwise two files were compared."""
        return self.period is not None

    @property
    def contest(self) -> Retraining | None:
        """Both models on the same rows; None where none were left to compare them on."""
        held = self.retraining is not None and self.retraining.holdout_rows > 0
        return self.retraining if held else None

    @property
    def wins(self) -> bool:
        """Whether the challenger is better."""
        return self.retraining is not None and self.retraining.decision is Decision.PROMOTE

    @property
    def trial(self) -> bool:
        """Whether the challenger was not registered, as in a dry run."""
        return self.contest is not None and not self.contest.challenger_version

    @property
    def promoted(self) -> bool:
        """By the versions, which are in the columns of each record, where both are known."""
        served, judged = self.serving_version, self.champion_version
        return served != judged if served and judged else self.wins and not self.trial

    @property
    def serves(self) -> str:
        """The version that serves since, empty when not known."""
        challenger = self.retraining.challenger_version if self.retraining and self.wins else None
        return self.serving_version or challenger or self.champion_version or ""

    @property
    def over(self) -> bool:
        """Whether the model that serves after a breach is over the limit, as far as is known."""
        now = self.error if self.retraining is None else self.retraining.serving_error
        return self.status is Status.BREACH and (
            self.threshold is None or now is None or now > self.threshold
        )


def plain(value: Any) -> Any:
    """Facts as JSON has them."""
    if isinstance(value, Period):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    return value


@dataclass(frozen=True)
class JobResult:
    """All tasks of one run, and what became of the mails."""

    as_of: date
    period: Period
    dry_run: bool
    tasks: tuple[MonthView, ...]
    delivery: Delivery | None = None

    @property
    def exit_code(self) -> int:
        """0 when every task that was due was judged ("not enough data" is a judgement) and no
        mail was refused; 1 otherwise."""
        failed = any(view.status is Status.FAILED for view in self.tasks)
        undelivered = self.delivery is not None and self.delivery.failed > 0
        return 1 if failed or undelivered else 0

    def to_json(self) -> dict[str, Any]:
        return {**plain(self), "exit_code": self.exit_code}

"""What a run found and did, as tables, JSON and MLflow tell it alike."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any

from iargus.mailing.message import Delivery
from iargus.monitoring.observed import Observed
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.stats.performance.segments import Worse


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
class TaskOutcome:
    """One task in one run. Times are UTC without a zone, errors shares of one.

    `refused_rows` are those whose label is none of the task. `interval` holds the true error with
    95 % confidence, `lower_bound` is what a breach needs above the threshold, `power` the chance
    that so many rows confirm an error a tenth above it, `evidence` what the months say together.
    `observed` is what the rows show beside the verdict. `mail` is the kind of mail that the outcome
    asks for and `also` are further reasons for it, the most urgent first; `mail_queued` is False
    too when the same mail was sent before. `report` is where the report lies on this machine. `due`
    says of a failure whether the month still waits for a run, or an earlier one has recorded it;
    None where that is not known.
    """

    task: str
    period: Period
    status: Status
    sentence: str
    metric: str
    threshold: float
    window_start: datetime | None = None
    window_end: datetime | None = None
    missed_periods: tuple[Period, ...] = ()
    rows: int = 0
    refused_rows: int = 0
    error: float | None = None
    interval: tuple[float, float] | None = None
    lower_bound: float | None = None
    power: float | None = None
    evidence: dict[str, Any] | None = None
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


@dataclass(frozen=True)
class JobResult:
    """All tasks of one run, and what became of the mails."""

    as_of: date
    period: Period
    dry_run: bool
    tasks: tuple[TaskOutcome, ...]
    delivery: Delivery | None = None

    @property
    def exit_code(self) -> int:
        """0 when every task that was due was judged ("not enough data" is a judgement) and no
        mail was refused; 1 otherwise."""
        failed = any(outcome.status is Status.FAILED for outcome in self.tasks)
        undelivered = self.delivery is not None and self.delivery.failed > 0
        return 1 if failed or undelivered else 0

    def to_json(self) -> dict[str, Any]:
        return {**plain(self), "exit_code": self.exit_code}


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
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value

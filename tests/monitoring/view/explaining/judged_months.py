"""Documents of judged months, as records hold them: of this version, and of the first one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from iargus.monitoring.job.records import RunRecord
from iargus.monitoring.observed import EstimateFacts, Observed
from iargus.monitoring.period import Period
from iargus.monitoring.stats.drift.compare import Change, ChangeType
from iargus.monitoring.stats.drift.facts import Bar, DriftFacts, FeatureFacts
from iargus.monitoring.stats.drift.summary import Kind
from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.stats.performance.evidence import Evidence
from iargus.monitoring.stats.performance.segments import SegmentError, Worse
from iargus.monitoring.stats.performance.verdict import State
from iargus.monitoring.stats.quality.findings import Fault, Finding
from iargus.monitoring.view.month_view import MonthView, Retraining, Status

TASK = "car_price"
UNIT = Finding(Fault.UNIT, "mileage", 812, 2_000, "kilometres instead of miles")
REPEATED = Finding(Fault.DUPLICATED, None, 14, 2_000)
DRIFT = DriftFacts(
    reference_rows=10_000,
    reference_start=datetime(2025, 12, 1),
    reference_end=datetime(2026, 3, 1),
    rows=2_000,
    compared=7,
    features=(
        FeatureFacts(
            "mileage",
            Kind.NUMBER,
            True,
            (Change(ChangeType.DISTRIBUTION, 1e-12, 0.31, 0.1, True),),
            bars=(Bar("up to 20,000", 0.12, 0.25), Bar("above 90,000", 0.3, 0.2)),
        ),
        FeatureFacts(
            "make",
            Kind.CATEGORY,
            True,
            (Change(ChangeType.NEVER_SEEN, 0.0004, 0.05, 0.02, True, ("Polestar", "BYD")),),
        ),
        FeatureFacts(
            "year", Kind.NUMBER, False, (Change(ChangeType.DISTRIBUTION, 0.3, 0.02, 0.1, False),)
        ),
    ),
)
OBSERVED = Observed(
    drift=DRIFT,
    quality=(UNIT, REPEATED),
    serious=(UNIT,),
    segments=(SegmentError("make=ford", 312, 0.342, (0.31, 0.38)),),
    estimate=EstimateFacts(0.26, (0.23, 0.29), 1_400, 0.04, warns=True),
)
QUIET = Observed(drift=DriftFacts(10_000, None, None, 2_000, 7))


def contest(decision: Decision = Decision.PROMOTE, **changes: Any) -> Retraining:
    """A contest that the challenger, version 4, wins by 24.0 % to 17.5 %."""
    promoted = decision is Decision.PROMOTE
    return Retraining(
        **{
            "cut": datetime(2026, 4, 16, 12),
            "learned_rows": 11_000,
            "holdout_rows": 988,
            "repeated_rows": 12,
            "champion_error": 0.24,
            "challenger_error": 0.175,
            "decision": decision,
            "p_value": 0.0004 if promoted else 0.21,
            "method": "paired t, corrected for skewness",
            "challenger_version": "4",
            "serving_error": 0.175 if promoted else 0.24,
            **changes,
        }
    )


BLOCKED = contest(Decision.KEEP, worse=(Worse("make=ford", 140, 0.2, 0.31, 0.001),))


def month(period: str = "2026-04", status: Status = Status.HEALTHY, **changes: Any) -> MonthView:
    """A healthy month of 2,000 rows whose error is 18.2 %, limit 20 %; `changes` go over it."""
    at = Period.parse(period)
    return MonthView(
        **{
            "task": TASK,
            "period": at,
            "status": status,
            "sentence": f"The sentence of {period}.",
            "metric": "mape",
            "threshold": 0.2,
            "window_start": at.start,
            "window_end": at.end,
            "rows": 2_000,
            "error": 0.182,
            "interval": (0.174, 0.191),
            "lower_bound": 0.171,
            "power": 0.96,
            "evidence": Evidence(0.2),
            "champion_version": "3",
            "serving_version": "3",
            "observed": QUIET,
            "run_id": "f00d",
            **changes,
        }
    )


SUSPECT: dict[str, Any] = {
    "status": Status.SUSPECT,
    "error": 0.207,
    "interval": (0.195, 0.22),
    "lower_bound": 0.191,
    "evidence": Evidence(0.2, 2, 4_000, (3.0,) * 6),
}
BREACH: dict[str, Any] = {
    "status": Status.BREACH,
    "error": 0.235,
    "interval": (0.221, 0.25),
    "lower_bound": 0.216,
    "retraining": contest(),
    "serving_version": "4",
    "observed": OBSERVED,
}


def first_version(document: dict[str, Any]) -> dict[str, Any]:
    """The same month as the first version of IArgus recorded it."""
    later = {"interval", "lower_bound", "power", "evidence", "observed", "also", "report"}
    return {name: value for name, value in document.items() if name not in later}


def recorded(outcome: MonthView, facts: dict[str, Any] | None = None) -> RunRecord:
    """The record of a month; `facts` instead of the whole document."""
    assert outcome.period is not None
    assert outcome.status is not None
    assert outcome.threshold is not None
    assert outcome.window_start is not None
    assert outcome.window_end is not None
    retraining = outcome.retraining
    return RunRecord(
        task=outcome.task,
        period=outcome.period,
        window_start=outcome.window_start,
        window_end=outcome.window_end,
        finished_at=outcome.window_end,
        rows_scored=outcome.rows,
        champion_version=outcome.champion_version or "",
        state=State(outcome.status.value),
        error=outcome.error,
        threshold=outcome.threshold,
        challenger_version=None if retraining is None else retraining.challenger_version,
        promoted=outcome.serving_version != outcome.champion_version,
        facts=outcome.to_json() if facts is None else facts,
    )

"""When a mail is due, and what it is about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from iargus.mailing.content import Severity
from iargus.mailing.outbox import in_words
from iargus.monitoring.view.mail.reasons import Kind, in_order, reasons_for, severity_of
from iargus.monitoring.view.month_view import MonthView, Status
from tests.monitoring.view.mail.cases import (
    BREACH,
    CALM,
    DRIFTED,
    EVERYTHING,
    FAILED,
    FAULTY,
    HEALTHY,
    INSUFFICIENT,
    MENDED,
    MISSED,
    NO_CONTEST,
    OF_KIND,
    SUSPECT,
    WARNED,
)


def reasons(
    outcome: MonthView, before: MonthView | None = None, *, failed_before: bool = False
) -> tuple[Kind, ...]:
    earlier = None if before is None else MonthView.from_json(recorded(before))
    return reasons_for(outcome, before=earlier, failed_before=failed_before)


def recorded(outcome: MonthView) -> dict[str, Any]:
    """As the record of a month keeps it, with the mail that was asked for."""
    kinds = reasons(outcome)
    first = kinds[0].value if kinds else None
    return replace(outcome, mail=first, also=tuple(kinds[1:])).to_json()


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.RECOVERY])
def test_every_reason_alone(kind: Kind) -> None:
    assert reasons(OF_KIND[kind]) == (kind,)


@pytest.mark.parametrize(
    "quiet",
    [
        HEALTHY,
        replace(HEALTHY, observed=CALM),
        replace(HEALTHY, observed=WARNED),
        INSUFFICIENT,
        replace(INSUFFICIENT, observed=CALM),
        replace(HEALTHY, status=Status.NOT_DUE, observed=EVERYTHING),
    ],
)
def test_months_with_nothing_to_say_ask_for_no_mail(quiet: MonthView) -> None:
    assert reasons(quiet) == ()


def test_the_most_urgent_reason_comes_first() -> None:
    every = replace(BREACH, observed=EVERYTHING, missed_periods=MISSED.missed_periods)
    assert reasons(every) == (
        Kind.BREACH_NOT_FIXED,
        Kind.QUALITY,
        Kind.DRIFT,
        Kind.MISSED_RUN,
    )
    assert reasons(replace(every, status=Status.SUSPECT, retraining=None)) == (
        Kind.QUALITY,
        Kind.DRIFT,
        Kind.SUSPECT,
        Kind.MISSED_RUN,
    )
    assert reasons(replace(MENDED, observed=DRIFTED)) == (Kind.DRIFT, Kind.BREACH_FIXED)
    assert reasons(replace(INSUFFICIENT, observed=EVERYTHING)) == (
        Kind.QUALITY,
        Kind.ESTIMATE,
        Kind.DRIFT,
    )


def test_exactly_on_the_limit_is_mended() -> None:
    assert MENDED.retraining is not None
    assert MENDED.threshold is not None
    on_it = replace(MENDED, retraining=replace(MENDED.retraining, serving_error=MENDED.threshold))
    assert reasons(on_it) == (Kind.BREACH_FIXED,)


@pytest.mark.parametrize("outcome", [NO_CONTEST, replace(BREACH, retraining=None)])
def test_a_breach_without_a_contest_is_not_mended(outcome: MonthView) -> None:
    assert reasons(outcome) == (Kind.BREACH_NOT_FIXED,)


@pytest.mark.parametrize("before", [SUSPECT, BREACH, replace(BREACH, observed=FAULTY), NO_CONTEST])
def test_a_healthy_month_after_bad_news_is_a_recovery(before: MonthView) -> None:
    assert reasons(HEALTHY, before) == (Kind.RECOVERY,)


@pytest.mark.parametrize(
    "before", [None, HEALTHY, MENDED, MISSED, replace(MENDED, observed=EVERYTHING)]
)
def test_a_healthy_month_after_anything_else_needs_no_mail(before: MonthView | None) -> None:
    assert reasons(HEALTHY, before) == ()


def test_records_of_older_versions_are_read() -> None:
    older = {"status": "breach", "mail": "breach_not_mended", "sentence": "", "period": "2018-10"}
    assert reasons_for(HEALTHY, before=MonthView.from_json(older), failed_before=False) == (
        Kind.RECOVERY,
    )
    assert reasons_for(HEALTHY, before=MonthView.from_json({}), failed_before=False) == ()


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (HEALTHY, (Kind.RECOVERY,)),
        (SUSPECT, (Kind.SUSPECT,)),
        (BREACH, (Kind.BREACH_NOT_FIXED,)),
        (MENDED, (Kind.BREACH_FIXED,)),
        (INSUFFICIENT, ()),
        (FAILED, (Kind.FAILED_RUN,)),
        (replace(HEALTHY, observed=DRIFTED), (Kind.DRIFT, Kind.RECOVERY)),
    ],
)
def test_after_a_failed_run_of_the_same_month(
    outcome: MonthView, expected: tuple[Kind, ...]
) -> None:
    assert reasons(outcome, failed_before=True) == expected


def test_what_is_asked_of_the_reader_follows_the_most_urgent_reason() -> None:
    assert [severity_of((kind,)) for kind in Kind] == [
        *[Severity.ACTION] * 3,
        *[Severity.REVIEW] * 3,
        *[Severity.INFORMATION] * 3,
    ]
    assert severity_of((Kind.DRIFT, Kind.BREACH_FIXED)) is Severity.REVIEW


def test_the_verdict_is_told_first() -> None:
    assert in_order((Kind.QUALITY, Kind.DRIFT, Kind.SUSPECT, Kind.MISSED_RUN)) == (
        Kind.SUSPECT,
        Kind.QUALITY,
        Kind.DRIFT,
        Kind.MISSED_RUN,
    )
    assert in_words("breach_not_mended") == "breach not fixed"


def _drifted(share: float, *, champion: str = "3") -> MonthView:
    """A healthy month in which one column has moved by `share` of what `DRIFTED` has."""
    drift = DRIFTED.drift
    assert drift is not None
    [feature] = drift.drifted[:1]
    changes = tuple(
        replace(each, effect=each.effect * share, drifted=True) for each in feature.changes
    )
    features = (replace(feature, changes=changes),)
    return replace(
        HEALTHY,
        champion_version=champion,
        serving_version=champion,
        observed=replace(DRIFTED, drift=replace(drift, features=features)),
    )


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (1.0, 1.0, False),
        (1.0, 1.9, False),
        (1.0, 2.0, True),
        (2.0, 1.0, False),
    ],
)
def test_a_drift_that_stays_is_told_once_and_again_when_it_has_doubled(
    before: float, now: float, told: bool
) -> None:
    assert (Kind.DRIFT in reasons(_drifted(now), _drifted(before))) is told


def test_a_drift_of_another_column_or_from_another_reference_is_news() -> None:
    assert Kind.DRIFT in reasons(_drifted(1.0), HEALTHY)
    assert Kind.DRIFT in reasons(_drifted(1.0), _drifted(1.0, champion="2"))
    drift = DRIFTED.drift
    assert drift is not None
    assert len(drift.drifted) > 1, "the others are new"
    assert Kind.DRIFT in reasons(replace(HEALTHY, observed=DRIFTED), _drifted(1.0))

"""What is said of a challenger agrees with the numbers beside it, wherever it is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.view.mail.alerts import content_of
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.view.month_view import MonthView, Retraining
from iargus.monitoring.view.report.page import render_report
from iargus.monitoring.view.wording.contest import outcome_of
from iargus.monitoring.view.wording.explaining import explain
from iargus.monitoring.view.wording.sentence import retrained
from iargus.settings import Environment, Policy, Settings
from tests.monitoring.view.explaining.judged_months import BLOCKED, BREACH, contest, month

CASES: list[tuple[Retraining, str]] = [
    (contest(), "is better"),
    (contest(champion_error=0.24, challenger_error=0.2399), "is better by less than 0.1 points"),
    (
        contest(Decision.UNDECIDED, champion_error=0.296, challenger_error=0.299),
        "has a higher error, which may be chance",
    ),
    (
        contest(Decision.UNDECIDED, champion_error=0.299, challenger_error=0.296),
        "has a lower error, which may be chance",
    ),
    (
        contest(Decision.UNDECIDED, champion_error=0.2961, challenger_error=0.2962),
        "has a higher error by less than 0.1 points, which may be chance",
    ),
    (
        contest(Decision.UNDECIDED, champion_error=0.24, challenger_error=0.24),
        "has the same error, which may be chance",
    ),
    (contest(Decision.KEEP, challenger_error=0.24), "is no better: both have the same error"),
    (contest(Decision.KEEP, champion_error=0.2, challenger_error=0.25), "is worse"),
    (
        contest(Decision.UNDECIDED, method="too few rows to compare"),
        "on too few rows to compare two models",
    ),
    (BLOCKED, "on the whole, and is worse in one segment"),
]


@pytest.mark.parametrize(("retraining", "words"), CASES)
def test_all_say_the_same_of_the_challenger(retraining: Retraining, words: str) -> None:
    said = outcome_of(retraining)
    assert words in said
    outcome = _outcome(retraining)
    assert said in retrained(retraining, "3", 0.2)
    assert said in " ".join(line for section in explain(outcome) for line in section.sentences)
    assert said in render_report(outcome)
    settings = Settings(Environment(), Policy())
    mail = content_of((Kind.BREACH_NOT_FIXED,), outcome, settings, before=None, failed_before=False)
    if retraining.decision is not Decision.PROMOTE:
        assert said in " ".join(mail.done)


@pytest.mark.parametrize(("retraining", "words"), CASES)
def test_nothing_that_errs_more_is_called_not_clearly_better(
    retraining: Retraining, words: str
) -> None:
    champion, challenger = retraining.champion_error, retraining.challenger_error
    assert champion is not None
    assert challenger is not None
    said = outcome_of(retraining)
    if challenger > champion:
        assert "less," not in said
        assert "is better" not in said
    if challenger < champion:
        assert "a higher error" not in said


def _outcome(retraining: Retraining) -> MonthView:
    changes: dict[str, Any] = {**BREACH, "retraining": retraining}
    outcome = month(**changes)
    if retraining.decision is Decision.PROMOTE:
        return outcome
    return replace(outcome, serving_version=outcome.champion_version)

"""A month in words: every number is said that the verdict rests on, and none is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from iargus.mailing.outbox import MailStatus
from iargus.monitoring.job.history import view_of
from iargus.monitoring.observed import EstimateFacts, Observed
from iargus.monitoring.stats.drift.facts import DriftFacts
from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.stats.performance.evidence import Evidence
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.monitoring.view.wording.explaining import explain, steps_of
from tests.monitoring.view.explaining.judged_months import (
    BLOCKED,
    BREACH,
    SUSPECT,
    TASK,
    contest,
    first_version,
    month,
    recorded,
)

WAITING = MailStatus(
    TASK, "2026-04", "breach_not_mended", datetime(2026, 5, 1), None, 3, "refused the login"
)
SENT = replace(WAITING, kind="drift", sent_at=datetime(2026, 5, 2, 4, 30))


def said(document: dict[str, Any], *mails: MailStatus) -> dict[str, str]:
    view = MonthView.from_json(document)
    found = {
        each.title: "\n".join((*each.sentences, *map(str, each.facts), *filter(None, [each.note])))
        for each in explain(view, mails)
    }
    steps = [line for step in steps_of(view, mails) for line in (step.text, *step.commands)]
    return {**found, "What you can do": "\n".join(steps)}


def why(**changes: Any) -> str:
    document = month(**changes).to_json()
    [words] = [words for title, words in said(document).items() if title.startswith("Why")]
    return words


def test_a_healthy_month_says_what_so_few_rows_would_have_shown() -> None:
    assert "at most the limit: 18.2 % against 20.0 %" in why()
    assert "in the interval 17.4 % to 19.1 %" in why()
    assert "a tenth over the limit (22.0 %), so many rows would almost surely" in why()
    assert "says little" not in why()
    assert "hardly ever have confirmed it (chance 12.0 %). So “healthy” says little" in why(
        power=0.12
    )


def test_a_suspect_month_may_be_chance_and_adds_up() -> None:
    words = why(**SUSPECT)

    assert "20.7 %, is over the limit, 20.0 %, but its lower bound, 19.1 %, is not" in words
    assert "0.35 % of months" in words
    assert "The last 2 months together (4,000 rows)" in words
    assert "is 20. From 400 on" in words


def test_a_breach_says_whether_one_month_or_several_proved_it() -> None:
    alone = why(**BREACH)
    together = why(**{**SUSPECT, "status": Status.BREACH})

    assert "The lower bound of the error, 21.6 %, is over the limit, 20.0 %" in alone
    assert "one in 286" in alone
    assert "this month alone proves nothing. Together with those before it does" in together


def test_evidence_beyond_all_measure_is_no_endless_number() -> None:
    evidence = Evidence(0.2, 5, 9_000, (480.0,) * 6)
    assert "is over a million" in why(**{**SUSPECT, "evidence": evidence})


def test_too_few_rows_are_no_verdict() -> None:
    few: dict[str, Any] = {"status": Status.INSUFFICIENT, "interval": None, "power": None}
    found = said(month(**few, rows=12).to_json())

    assert "count again in the next month" in found["Why it was not judged"]
    assert "unless a new champion" in found["What you can do"]


def test_drift_is_told_with_its_size_against_the_floor() -> None:
    words = said(month(**BREACH).to_json())["What has changed in the input"]

    assert "2 of the 7 features compared have drifted" in words
    assert "moved by 0.31 standard deviations (counts from 0.10 standard deviations on" in words
    assert "p < 0.0001" in words
    assert "5.0 % of the rows hold values never seen before: Polestar, BYD" in words
    assert "(counts from 2.0 % of the rows on; p = 0.0004)" in words
    assert "up to 20,000 from 12.0 % to 25.0 %" in words
    assert "year" not in words
    assert "none of the 7 features" in said(month().to_json())["What has changed in the input"]


def test_what_was_not_compared_or_estimated_says_why() -> None:
    observed = Observed(
        drift=DriftFacts(reason="no reference"), estimate=EstimateFacts(reason="no predictions")
    )
    found = said(month(observed=observed).to_json())

    assert found["What has changed in the input"] == "Nothing was compared: no reference."
    assert found["Before the labels come"] == "Nothing was estimated: no predictions."


def test_serious_findings_come_first_and_once() -> None:
    found = said(month(**BREACH).to_json())

    assert found["Faults in the data"].splitlines() == [
        "2 faults found, 1 of them serious: a person should look.",
        "Unit changed (mileage): 812 of 2,000 rows (40.6 %) (serious; kilometres instead of miles)",
        "Repeated rows: 14 of 2,000 rows (0.7 %)",
    ]
    first = found["What you can do"].splitlines()[0]
    assert first.startswith("Unit changed (mileage): write the column in the unit of before")


def test_segments_and_the_estimate() -> None:
    found = said(month(**BREACH).to_json())

    assert "make=ford: 34.2 % (31.0 % to 38.0 % on 312 rows)" in found["Where the error is largest"]
    assert "an error of 26.0 % (95 %: 23.0 % to 29.0 %)" in found["Before the labels come"]
    assert "The whole interval is over the limit" in found["Before the labels come"]


@pytest.mark.parametrize(
    ("retraining", "words"),
    [
        (contest(), "The challenger is better"),
        (contest(Decision.UNDECIDED), "p has to be at most 4.5 %"),
        (contest(Decision.KEEP), "The challenger is worse"),
        (contest(Decision.KEEP, challenger_error=0.24), "The challenger is no better"),
        (contest(Decision.UNDECIDED, method="too few rows to compare"), "30 rows are needed"),
        (contest(holdout_rows=0), "No row was left to compare two models on"),
        (BLOCKED, "make=ford: 31.0 % against 20.0 % (140 rows, p = 0.001)"),
    ],
)
def test_the_contest_says_why_it_ended_as_it_did(retraining: Any, words: str) -> None:
    document = month(**{**BREACH, "retraining": retraining}).to_json()
    assert words in said(document)["Champion against challenger"]


def test_what_was_done_and_what_is_to_do_after_a_breach() -> None:
    quiet = {**BREACH, "observed": None}
    mended = said(month(**quiet, missed_periods=()).to_json())
    not_mended = said(month(**{**quiet, "retraining": BLOCKED, "serving_version": "3"}).to_json())

    assert (
        "It promoted the challenger, version 4, which serves from now on"
        in mended["What the job did"]
    )
    assert "iargus models rollback car_price" in mended["What you can do"]
    assert (
        "the challenger, version 4, has a lower error on the whole"
        in not_mended["What the job did"]
    )
    assert "iargus train car_price" in not_mended["What you can do"]


def test_mails_that_wait_are_named_with_their_reason() -> None:
    document = month(mail="breach_not_mended", also=("drift",)).to_json()
    found = said(document, SENT, WAITING)

    assert "“drift” was sent at 2026-05-02 04:30 UTC." in found["Mails"]
    assert "after 3 attempts: refused the login" in found["Mails"]
    assert "Further reasons for it: drift." in found["Mails"]
    assert found["What you can do"].splitlines() == [
        "Send the mails that wait:",
        "iargus outbox deliver",
    ]
    assert "the outbox does not hold it" in said(document)["Mails"]
    assert said(month().to_json())["Mails"] == "None was asked for."


@pytest.mark.parametrize("changes", [{}, SUSPECT, BREACH])
def test_a_record_of_the_first_version_is_explained_as_far_as_it_goes(
    changes: dict[str, Any],
) -> None:
    found = said(first_version(month(**changes).to_json()))

    assert "The sentence of 2026-04." in found["What was found"]
    assert "holds nothing" in found["What the rows show beside the verdict"]
    text = "\n".join(found.values())
    assert "None" not in text.replace("None was asked for.", "")
    assert "nan" not in text


@pytest.mark.parametrize("changes", [{}, SUSPECT, BREACH])
def test_facts_that_are_missing_come_from_the_columns(changes: dict[str, Any]) -> None:
    outcome = month(**changes)
    view = view_of(recorded(outcome, facts={}))

    for name in (
        *("task", "period", "status", "threshold", "window_start", "window_end", "rows", "error"),
        *("champion_version", "serving_version"),
    ):
        assert getattr(view, name) == getattr(outcome, name)
    assert explain(view)
    assert view_of(recorded(outcome)) == outcome


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"status": "breach", "retraining": {}, "observed": {"drift": {"features": [{}]}}},
        {"status": "suspect", "evidence": {"months": 1}, "interval": [1], "power": "x"},
        {"status": "another", "observed": {"quality": [{}], "segments": [{}], "estimate": {}}},
        {"status": "breach", "retraining": {"holdout_rows": 3}, "observed": []},
    ],
)
def test_a_document_of_another_version_is_no_error(document: dict[str, Any]) -> None:
    assert said(document)

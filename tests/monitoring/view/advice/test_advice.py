"""What a person should do: the same steps in the same order, wherever they are told."""

from __future__ import annotations

import re
import shlex
from html import unescape
from typing import Any

import pytest

from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.stats.quality.findings import Fault
from iargus.monitoring.view.mail.alerts import advice_for
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.monitoring.view.report.page import render_report
from iargus.monitoring.view.wording import advice as advices
from iargus.monitoring.view.wording.advice import NOTHING, Advice
from iargus.monitoring.view.wording.explaining import steps_of
from tests.monitoring.view.explaining.judged_months import (
    BLOCKED,
    BREACH,
    OBSERVED,
    SUSPECT,
    contest,
    first_version,
    month,
)

MILEAGE = {"feature": "mileage", "kind": "number", "drifted": True, "changes": []}
DRIFTED = {"drift": {"features": [MILEAGE]}}
FAULTY = {"serious": [{"fault": "unit changed", "column": "mileage", "count": 9, "rows": 9}]}
FEW: dict[str, Any] = {"status": Status.INSUFFICIENT, "rows": 1, "interval": None, "power": None}
FAILED: dict[str, Any] = {"status": Status.FAILED, "error": None, "champion_version": None}
NOT_MENDED: dict[str, Any] = {**BREACH, "retraining": BLOCKED, "serving_version": "3"}
AGAIN = "iargus monitor --force --task car_price --as-of 2026-05-01"
HOSTILE = "<script>\r\n\u202e\u2066\x00\x1b[2J\ud800'; reboot #" * 9_000


def advice_of(document: dict[str, Any]) -> Advice:
    """About a month as it is stored."""
    return advices.advice_of(MonthView.from_json(document))


def document(**given: Any) -> dict[str, Any]:
    return {"task": "car_price", "period": "2026-04", "status": "healthy", **given}


def words(advice: Advice) -> list[str]:
    every = [*advice.steps, *([] if advice.aside is None else [advice.aside])]
    return [line for step in every for line in (step.text, *step.commands)]


def steps(**given: Any) -> list[str]:
    return [step.text for step in advice_of(document(**given)).steps]


def commands(advice: Advice) -> list[str]:
    return [command for step in advice.steps for command in step.commands]


def test_nothing_is_asked_for_by_a_good_month() -> None:
    assert advice_of(document()) == Advice([], None, urgent=False)


def test_faults_of_the_data_come_before_training_and_the_input() -> None:
    found = steps(
        status="breach",
        error=0.3,
        threshold=0.2,
        observed={**FAULTY, **DRIFTED, "estimate": {"warns": True}},
        missed_periods=["2026-02", "2026-03"],
    )
    expected = (
        *("Unit changed (mileage): write the column", "Once the rows are right", "Look at the"),
        *("If the rows are right, train", "If an error of 20.0 % can no longer be reached"),
        *("Find out why the input changed (mileage)", "If the change stays, train"),
        *("Get labels for the newest predictions", "No run had judged 2026-02, 2026-03."),
    )
    assert len(found) == len(expected)
    assert all(text.startswith(start) for text, start in zip(found, expected, strict=True))


def test_a_command_is_given_once() -> None:
    advice = advice_of(document(status="breach", observed={**FAULTY, **DRIFTED}))
    given = commands(advice)
    assert len(given) == len(set(given))
    assert "If the change stays, train with rows that hold it, as above." in words(advice)
    assert "in config.yml, and judge the month again, as above." in "\n".join(words(advice))


def test_a_promotion_that_rests_on_faulty_rows_can_be_taken_back() -> None:
    advice = advice_of(month(**BREACH).to_json())
    rollback = "iargus models rollback car_price"
    assert commands(advice) == [rollback, AGAIN]
    assert "Version 4, promoted now, has learned from rows of this month" in advice.steps[1].text
    assert advice.aside is None
    calm = advice_of(month(**{**BREACH, "observed": None}).to_json())
    assert (commands(calm), calm.urgent) == ([], False)
    assert calm.aside is not None
    assert calm.aside.commands == (rollback,)


def test_a_breach_that_is_not_mended_is_urgent() -> None:
    advice = advice_of(month(**{**NOT_MENDED, "observed": OBSERVED}).to_json())
    assert advice.urgent
    assert commands(advice) == [
        AGAIN,
        "iargus train car_price",
        "iargus models promote car_price VERSION",
        "iargus models promote car_price 4",
    ]
    assert "first where the error is largest (make=ford)" in "".join(words(advice))
    assert "worse on make=ford. If that is acceptable" in "".join(words(advice))


def test_a_breach_that_the_newest_rows_do_not_show_needs_nobody() -> None:
    undecided = contest(Decision.UNDECIDED, serving_error=0.18, holdout_rows=90)
    changes = {**NOT_MENDED, "retraining": undecided, "observed": None}
    advice = advice_of(month(**changes).to_json())
    assert advice.steps == []
    assert advice.aside is not None
    assert advice.aside.text.startswith("On the newest rows the champion is within the limit")


def test_suspect_months_add_up() -> None:
    advice = advice_of(month(**{**SUSPECT, "power": 0.21}).to_json())
    assert "in only 21.0 % of months" in advice.steps[0].text
    assert advice.aside is not None
    assert advice.aside.text.startswith("Suspect months add up")
    assert advice.aside.commands[0] == "iargus train car_price"


def test_a_good_month_of_few_rows_says_little() -> None:
    advice = advice_of(month(power=0.12).to_json())
    assert advice.steps == []
    assert advice.aside is not None
    assert "in only 12.0 % of months" in advice.aside.text


def test_too_few_rows_are_judged_again_when_more_come_in() -> None:
    advice = advice_of(month(**FEW).to_json())
    assert "this month had 1 row." in advice.steps[0].text
    assert commands(advice) == [AGAIN]
    assert "It counts again next month, unless a new champion has learned" in advice.steps[0].text
    # Below 30 rows that setting changes nothing.
    assert "monitoring.minimum_rows" not in " ".join(words(advice))
    some = {**month(**FEW).to_json(), "rows": 60}
    assert "monitoring.minimum_rows" in words(advice_of(some))[-1]


def test_rows_that_do_not_come_again_are_not_promised() -> None:
    none = {**month(**FEW).to_json(), "rows": 0}
    assert "again next month" not in " ".join(words(advice_of(none)))
    learned = {**none, "window_start": none["window_end"]}
    assert "has learned from all of its rows" in words(advice_of(learned))[0]
    assert commands(advice_of(learned)) == []


def test_a_failed_run_is_found_out_about_and_the_month_stays_due() -> None:
    advice = advice_of(month(**FAILED).to_json())
    assert advice.urgent
    assert commands(advice) == ["iargus doctor", AGAIN.replace("--force ", "")]
    assert "the month stays due" in advice.steps[1].text


def test_a_month_that_is_recorded_is_not_called_due() -> None:
    advice = advice_of({**month(**FAILED).to_json(), "due": False})
    assert commands(advice) == ["iargus doctor", AGAIN]
    assert "stays due" not in " ".join(words(advice))


def test_a_comparison_of_files_has_no_month_to_judge_again() -> None:
    every = [
        line
        for state in ("healthy", "suspect", "breach", "insufficient", "failed", None)
        for line in words(advice_of({"task": "t", "status": state, "observed": FAULTY}))
    ]
    assert "Unit changed (mileage)" in every[0]
    assert not [line for line in every if "monitor" in line or "rollback" in line]


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_has_a_remedy_of_its_own(fault: Fault) -> None:
    [text, *_] = steps(
        observed={"serious": [{"fault": fault.value, "column": None, "count": 1, "rows": 9}]}
    )
    assert len(text.partition(": ")[2]) > 20


@pytest.mark.parametrize("changes", [{}, SUSPECT, BREACH, NOT_MENDED, FEW, FAILED])
def test_documents_of_the_first_version_are_advised_about(changes: dict[str, Any]) -> None:
    whole = first_version(month(**changes).to_json())
    for absent in whole:
        advice = advice_of({key: value for key, value in whole.items() if key != absent})
        assert "None" not in "\n".join(words(advice))


@pytest.mark.parametrize("value", [None, [], {}, "x", 3, float("nan"), 10**400, True, [None, {}]])
def test_what_is_no_fact_is_passed_over(value: Any) -> None:
    whole = month(**BREACH).to_json()
    for key in whole:
        advice_of({**whole, key: value})
    for part in ("observed", "retraining"):
        for key in whole[part]:
            advice_of({**whole, part: {**whole[part], key: value}})


def hostile(value: Any) -> Any:
    if isinstance(value, dict):
        kept = ("status", "period", "decision")
        return {key: each if key in kept else hostile(each) for key, each in value.items()}
    if isinstance(value, list):
        return [hostile(each) for each in value * 50]
    return HOSTILE if isinstance(value, str) else value


@pytest.mark.parametrize("changes", [SUSPECT, BREACH, NOT_MENDED, FEW, FAILED])
def test_hostile_names_stay_short_single_lines_and_arguments(changes: dict[str, Any]) -> None:
    given = month(**{**changes, "observed": OBSERVED, "missed_periods": ()}).to_json()
    advice = advice_of({**hostile(given), "missed_periods": [HOSTILE] * 50})
    for line in words(advice):
        assert line.isprintable()
        assert len(line) <= 600
        line.encode()
    for command in (command for step in advice.steps for command in step.commands):
        assert "reboot" not in shlex.split(command)


@pytest.mark.parametrize(
    "changes",
    [{}, {"power": 0.1}, SUSPECT, BREACH, NOT_MENDED, FEW, {**BREACH, "retraining": contest()}],
)
def test_the_report_the_mail_and_the_terminal_say_the_same(changes: dict[str, Any]) -> None:
    outcome = month(**changes)
    expected = words(advices.advice_of(outcome))
    if not advices.advice_of(outcome).steps:
        expected.insert(0, NOTHING)
    assert words(advice_for((Kind.DRIFT,), outcome)) == expected
    steps = steps_of(outcome)
    assert [line for step in steps for line in (step.text, *step.commands)] == expected
    box = render_report(outcome).partition('id="what-to-do"')[2].partition("</section>")
    page = " ".join(unescape(re.sub(r"<[^>]+>", " ", box[0])).split())
    assert page.endswith(" ".join(" ".join(expected).split()))

"""What a mail claims is so, in every state that a run can leave.

The states are made from one another, not listed: a sentence that is true in the state it was
written for may be read in another one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from iargus.monitoring.observed import Observed
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.stats.performance.verdict import State, Verdict
from iargus.monitoring.view.mail.alerts import write_alert
from iargus.monitoring.view.mail.reasons import reasons_for, was_bad
from iargus.monitoring.view.month_view import MonthView, Retraining, Status
from iargus.monitoring.view.wording.sentence import judged
from iargus.monitoring.window import Window, covered
from tests.monitoring.view.mail.cases import EVERYTHING, FAILED, HEALTHY, NO_CONTEST, RETRAINING
from tests.monitoring.view.mail.cases import settings as settings_of

LIMIT = 0.2
START, END = datetime(2018, 11, 1), datetime(2018, 12, 1)
MISSED = (Period(2018, 9), Period(2018, 10))


@dataclass(frozen=True)
class Case:
    outcome: MonthView
    before: MonthView | None
    failed_before: bool

    @property
    def retraining(self) -> Retraining | None:
        return self.outcome.retraining

    @property
    def contested(self) -> bool:
        return self.retraining is not None and self.retraining.holdout_rows > 0

    @property
    def promoted(self) -> bool:
        return self.outcome.serving_version != self.outcome.champion_version

    @property
    def error_now(self) -> float | None:
        return self.outcome.error if self.retraining is None else self.retraining.serving_error

    @property
    def empty(self) -> bool:
        return self.outcome.window_start == self.outcome.window_end

    @property
    def covered(self) -> tuple[Period, ...]:
        return covered(self.outcome.missed_periods, self.outcome.window_start)


def contests() -> Iterator[Retraining]:
    assert NO_CONTEST.retraining is not None
    yield NO_CONTEST.retraining
    for now in (0.15, 0.25):
        yield replace(RETRAINING, serving_error=now)
        for decision in (Decision.KEEP, Decision.UNDECIDED):
            yield replace(RETRAINING, decision=decision, serving_error=now, champion_error=now)
        yield replace(
            RETRAINING,
            decision=Decision.KEEP,
            serving_error=now,
            champion_error=now,
            refused="its bundle answers otherwise",
        )


def outcomes() -> Iterator[MonthView]:
    for due in (True, False, None):
        yield replace(FAILED, due=due)
    states: list[tuple[State, float | None, int, Retraining | None]] = [
        (State.HEALTHY, 0.15, 500, None),
        (State.SUSPECT, 0.22, 500, None),
        (State.INSUFFICIENT, None, 0, None),
        (State.INSUFFICIENT, 0.4, 1, None),
        (State.INSUFFICIENT, 0.4, 60, None),
        *((State.BREACH, 0.3, 500, contest) for contest in contests()),
    ]
    windows = [
        Window(START, END),
        Window(datetime(2018, 9, 1), END, MISSED),
        Window(datetime(2018, 10, 9), END, MISSED),
        Window(datetime(2018, 11, 9), END, MISSED),
        Window(END, END),
        Window(END, END, MISSED),
    ]
    for (state, error, rows, contest), window, observed in itertools.product(
        states, windows, (Observed(), EVERYTHING)
    ):
        if window.start == window.end and rows:
            continue  # an empty window has no rows
        wins = contest is not None and contest.decision is Decision.PROMOTE
        verdict = Verdict(state, error, LIMIT, rows, needed_rows=100)
        yield replace(
            HEALTHY,
            status=Status(state.value),
            sentence=judged(verdict, "7", contest, window=window, observed=observed, dry_run=False),
            error=error,
            rows=rows,
            interval=None,
            retraining=contest,
            serving_version="8" if wins else "7",
            window_start=window.start,
            window_end=window.end,
            missed_periods=window.missed,
            observed=observed,
        )


def cases() -> Iterator[Case]:
    good = {"period": "2018-10", "status": "healthy", "error": 0.15, "threshold": LIMIT}
    bad = {**good, "status": "suspect", "error": 0.22, "sentence": "Suspect. Drift: make."}
    breach = {**good, "status": "breach", "error": 0.3, "mail": "breach_not_mended"}
    for outcome, before, failed in itertools.product(
        outcomes(), (None, good, bad, breach), (False, True)
    ):
        yield Case(outcome, None if before is None else MonthView.from_json(before), failed)


CLAIMS: dict[str, Callable[[Case], bool]] = {
    "stays due": lambda case: case.outcome.due is not False,
    "recorded no result": lambda case: case.outcome.due is not False,
    "earlier run ha[sd] recorded": lambda case: case.outcome.due is False,
    "could not be judged(?! at first)": lambda case: case.outcome.status is Status.FAILED,
    "counts? again": lambda case: case.outcome.rows > 0 and not case.empty,
    "learned from rows until|learned from all of its rows": lambda case: case.empty,
    "minimum_rows": lambda case: case.outcome.rows >= 30,
    "(?:champion|[Vv]ersion 7) stays": lambda case: not case.promoted,
    "promoted the challenger|serves from now|Decision +challenger promoted": (
        lambda case: case.promoted
    ),
    "retraining did not fix|after retraining": lambda case: case.contested,
    "no retraining was possible|no rows to compare": lambda case: not case.contested,
    "It trained a challenger|Retrained:": lambda case: case.contested,
    "[Nn]othing was retrained": lambda case: not case.contested,
    "fixed by retraining": lambda case: case.promoted and (case.error_now or 1) <= LIMIT,
    "within (?:it|the limit) again": lambda case: (case.error_now or 1) <= LIMIT,
    "still over the limit": lambda case: (case.error_now or 0) > LIMIT,
    "is over its limit, (?!which)": lambda case: (case.error_now or 0) > LIMIT,
    # What is said of the challenger is of the comparison, and no verdict.
    "(?<!error, which )(?<!points, which )may be chance": lambda case: (
        case.outcome.status is Status.SUSPECT
    ),
    "within its limit": lambda case: case.outcome.status is Status.HEALTHY,
    "good again": lambda case: case.outcome.status is Status.HEALTHY and was_bad(case.before),
    "judged after all": lambda case: case.failed_before and not was_bad(case.before),
    "at first": lambda case: case.failed_before,
    "2018-10: error": lambda case: was_bad(case.before),
    "covers the time\\.|covered by this one$": (
        lambda case: case.outcome.window_start == MISSED[0].start
    ),
    "covers the time|covered by this|covered now": lambda case: bool(case.covered),
    "(?:its|their) rows since": lambda case: not case.covered,
    "mail about this month comes": lambda case: case.outcome.status is Status.FAILED,
}


def test_what_a_mail_claims_is_so_in_every_state() -> None:
    wrong, seen = set(), set()
    settings = settings_of()
    for case in cases():
        kinds = reasons_for(case.outcome, before=case.before, failed_before=case.failed_before)
        if not kinds:
            continue
        mail = write_alert(
            kinds,
            case.outcome,
            settings,
            picture=None,
            before=case.before,
            failed_before=case.failed_before,
        )
        for said in (mail.subject, mail.body_text):
            text = " ".join(said.split())
            for claim, holds in CLAIMS.items():
                if re.search(claim, text):
                    seen.add(claim)
                    if not holds(case):
                        wrong.add((claim, str(case.outcome.status), text[:300]))
    assert wrong == set()
    # A claim that no mail makes any longer would guard nothing.
    assert set(CLAIMS) - seen == {"covers the time\\.|covered by this one$"} - seen


def test_a_mail_never_tells_of_what_is_not_known() -> None:
    for case in cases():
        kinds = reasons_for(case.outcome, before=case.before, failed_before=case.failed_before)
        if kinds:
            mail = write_alert(kinds, case.outcome, settings_of(), picture=None, before=case.before)
            assert "None" not in mail.subject + mail.body_text

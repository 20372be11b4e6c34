"""Which rows a run judges."""

from __future__ import annotations

from datetime import datetime

import pytest

from iargus.errors import UsageError
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.verdict import State
from iargus.monitoring.window import PastWindow, is_due, plan_window

NOVEMBER, DECEMBER = Period(2018, 11), Period(2018, 12)
LEARNED = datetime(2018, 10, 20, 8, 30)


def judged(period: Period, state: State = State.HEALTHY) -> PastWindow:
    return PastWindow(period, LEARNED, period.end, state)


def test_the_first_window_begins_after_the_rows_that_were_learned() -> None:
    window = plan_window(NOVEMBER, None, learned_until=LEARNED)
    assert (window.start, window.end, window.missed) == (LEARNED, datetime(2018, 12, 1), ())


def test_a_champion_that_does_not_say_is_judged_on_the_month() -> None:
    window = plan_window(NOVEMBER, None, learned_until=None)
    assert (window.start, window.end) == (NOVEMBER.start, NOVEMBER.end)


@pytest.mark.parametrize("state", [State.HEALTHY, State.BREACH])
def test_windows_follow_each_other(state: State) -> None:
    window = plan_window(DECEMBER, judged(NOVEMBER, state), learned_until=LEARNED)
    assert (window.start, window.end) == (NOVEMBER.end, DECEMBER.end)


def test_rows_of_a_month_with_too_few_count_again() -> None:
    window = plan_window(
        DECEMBER, judged(NOVEMBER, State.INSUFFICIENT), learned_until=datetime(2018, 1, 1)
    )
    assert (window.start, window.end) == (LEARNED, DECEMBER.end)


def test_months_without_a_run_are_covered_and_named() -> None:
    window = plan_window(Period(2019, 2), judged(NOVEMBER), learned_until=LEARNED)
    assert (window.start, window.end) == (NOVEMBER.end, datetime(2019, 3, 1))
    assert window.missed == (DECEMBER, Period(2019, 1))


def test_rows_that_the_champion_has_learned_never_count() -> None:
    newer = datetime(2018, 12, 20)
    assert plan_window(DECEMBER, judged(NOVEMBER), learned_until=newer).start == newer
    later = plan_window(DECEMBER, judged(NOVEMBER), learned_until=datetime(2019, 5, 1))
    assert later.start == later.end == DECEMBER.end


def test_force_judges_the_same_window() -> None:
    window = plan_window(NOVEMBER, judged(NOVEMBER), learned_until=datetime(2018, 1, 1))
    assert (window.start, window.end, window.missed) == (LEARNED, NOVEMBER.end, ())


def test_when_a_month_is_due() -> None:
    assert is_due(NOVEMBER, None, force=False)
    assert is_due(DECEMBER, judged(NOVEMBER), force=False)
    assert not is_due(NOVEMBER, judged(NOVEMBER), force=False)
    assert is_due(NOVEMBER, judged(NOVEMBER), force=True)
    assert not is_due(NOVEMBER, judged(DECEMBER), force=False)
    with pytest.raises(UsageError, match="2018-12 is recorded already"):
        is_due(NOVEMBER, judged(DECEMBER), force=True)

"""The verdict of a month: its badge, its headline, and the rule that it follows from. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.mailing.content import Section
from iargus.monitoring.stats.performance.evidence import LIMIT, STAKES, Evidence
from iargus.monitoring.stats.performance.verdict import ALPHA, BELIEVABLE_ROWS, WORSE
from iargus.monitoring.view.figures import interval, percent, rows, version
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.text import capital, printable

LOW_POWER = 0.5  # below, a month proves little
_BADGES = {Status.INSUFFICIENT: "not enough data", Status.NOT_DUE: "not due"}
_TITLES = {
    Status.HEALTHY: "Why it is healthy",
    Status.SUSPECT: "Why it is suspect",
    Status.BREACH: "Why it is a breach",
    Status.INSUFFICIENT: "Why it was not judged",
}
_ALPHA = f"{ALPHA * 100:.2f} %"
_POWERS = (
    (0.95, "would almost surely"),
    (0.8, "would very likely"),
    (LOW_POWER, "would more likely than not"),
    (0.2, "would probably not"),
    (0.0, "would hardly ever"),
)
_MANY_TIMES = 1e6


def badge(status: Status | None) -> str:
    """A state in a word or two; empty where nothing was judged."""
    return "" if status is None else _BADGES.get(status, str(status))


def headline(view: MonthView) -> str:
    """The task itself where no month was judged."""
    judged = version(view.champion_version)
    match view.status if view.monthly else None:
        case Status.HEALTHY:
            words = f"{judged} is good enough"
        case Status.SUSPECT:
            words = f"{judged} is over the limit, which may be chance"
        case Status.BREACH:
            words = _breach(view)
        case Status.INSUFFICIENT:
            words = f"Not enough data to judge {judged}"
        case Status.FAILED:
            words = "This month could not be judged"
        case Status.NOT_DUE:
            words = "Nothing was due"
        case _:
            return printable(view.task) or "task"
    return capital(words)


def _breach(view: MonthView) -> str:
    if view.wins and view.trial:
        fixed = "would be better, and not good enough" if view.over else "would fix it"
        return f"Over the limit; retraining {fixed}"
    if view.over:
        better = ", though the new version is better" if view.promoted else ""
        return f"Over the limit, and not fixed{better}: action needed"
    if view.promoted:
        return "Over the limit, and fixed by retraining"
    return "Over the limit, and within it again on the newest rows"


def why(view: MonthView) -> Section:
    """The rule, the interval, what so many rows can show, and what the months say together."""
    title = _TITLES.get(view.status, "Why") if view.status else "How sure this is"
    return Section("why", title, tuple(_why(view)))


def _why(view: MonthView) -> Iterator[str]:
    if view.status is Status.INSUFFICIENT:
        yield (
            f"A month with fewer rows than monitoring.minimum_rows, or than {BELIEVABLE_ROWS}, is "
            "called neither healthy nor bad. Its rows, if any, count again in the next month, "
            "unless a new champion has learned from them."
        )
        return
    if view.status in _TITLES:
        yield _rule(view)
    if view.interval is not None:
        yield f"With 95 % confidence the true error lies in the interval {interval(view.interval)}."
    if view.power is not None and view.threshold is not None:
        yield _power(view, view.power, view.threshold)
    if view.evidence is not None:
        yield from _together(view.evidence)


def _rule(view: MonthView) -> str:
    error, limit, lower = map(percent, (view.error, view.threshold, view.lower_bound))
    if view.status is Status.HEALTHY:
        return f"A month is healthy when its error is at most the limit: {error} against {limit}."
    above = f"The error, {error}, is over the limit, {limit}"
    if view.lower_bound is None or view.threshold is None:
        return f"{above}. Its lower bound is not in the record."
    if view.status is Status.BREACH and view.lower_bound > view.threshold:
        return (
            f"The lower bound of the error, {lower}, is over the limit, {limit}. A model exactly "
            f"on the limit gets there by chance in {_ALPHA} of months, one in {1 / ALPHA:.0f}."
        )
    alone = f"{above}, but its lower bound, {lower}, is not"
    if view.status is Status.BREACH:
        return f"{alone}: this month alone proves nothing. Together with those before it does."
    return (
        f"{alone}: it may be chance. For a breach the lower bound has to be over the limit, where "
        f"chance takes a model exactly on the limit in {_ALPHA} of months."
    )


def _power(view: MonthView, power: float, limit: float) -> str:
    words = next((words for least, words in _POWERS if power >= least), _POWERS[-1][1])
    little = power < LOW_POWER and view.status is Status.HEALTHY
    return (
        f"Had the true error been a tenth over the limit ({percent(WORSE * limit)}), so many rows "
        f"{words} have confirmed it (chance {percent(min(power, 1.0))})."
        + (" So “healthy” says little." if little else "")
    )


def _together(evidence: Evidence) -> Iterator[str]:
    if len(evidence.log_capital) != len(STAKES) or evidence.threshold is None:
        return  # not as this version adds it up
    if not evidence.months:
        yield "No evidence against the model has accumulated over the months."
        return
    months = "This month" if evidence.months == 1 else f"The last {evidence.months} months together"
    if max(evidence.log_capital) > 500:  # its exponential may overflow
        shown = "over a million"
    else:
        value = evidence.value
        shown = f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
        shown = "over a million" if value > _MANY_TIMES else shown
    yield (
        f"{months} ({rows(evidence.rows)}): the e-value against “the error is at most "
        f"{percent(evidence.threshold)}” is {shown}. From {LIMIT:.0f} on, a month over the "
        "limit is a breach."
    )

"""Why a month got its state: the rule of the verdict with the month's numbers."""

from __future__ import annotations

from iargus.monitoring.stats.performance.evidence import LIMIT, Evidence
from iargus.monitoring.stats.performance.verdict import ALPHA, BELIEVABLE_ROWS, WORSE
from iargus.monitoring.view.advice.situation import LOW_POWER
from iargus.monitoring.view.explaining.words import span
from iargus.monitoring.view.reading import Document, interval, number, part, text
from iargus.monitoring.view.wording import percent
from iargus.text import counted

TITLES = {
    "healthy": "Why it is healthy",
    "suspect": "Why it is suspect",
    "breach": "Why it is a breach",
    "insufficient": "Why it was not judged",
}
_ALPHA = f"{ALPHA * 100:.2f} %"
_WORDS_OF_POWER = (
    (0.95, "would almost surely"),
    (0.8, "would very likely"),
    (LOW_POWER, "would more likely than not"),
    (0.2, "would probably not"),
    (0.0, "would hardly ever"),
)
_MANY_TIMES = 1e6


def why(document: Document) -> list[str]:
    """The rule, the interval, what so many rows can show, and what the months say together."""
    if text(document, "status") == "insufficient":
        return [
            "A month with fewer rows than monitoring.minimum_rows, or than "
            f"{BELIEVABLE_ROWS}, is neither called healthy nor bad. Its rows, if any, count "
            "again in the next month, unless a new champion has learned from them."
        ]
    return [line for line in (_rule(document), _interval(document), _power(document)) if line] + (
        _together(document)
    )


def by_months_together(document: Document) -> bool:
    """Whether a breach was proved by several months, not by this one alone."""
    lower, limit = number(document, "lower_bound"), number(document, "threshold")
    known = lower is not None and limit is not None
    return text(document, "status") == "breach" and known and not (lower or 0) > (limit or 0)


def says_little(document: Document) -> bool:
    """Whether so few rows would have missed an error clearly over the limit."""
    power = number(document, "power")
    return power is not None and power < LOW_POWER


def _rule(document: Document) -> str:
    state = text(document, "status")
    error, limit = (percent(number(document, key)) for key in ("error", "threshold"))
    lower_bound = number(document, "lower_bound")
    lower = percent(lower_bound)
    if state == "healthy":
        return f"A month is healthy when its error is at most the limit: {error} against {limit}."
    if lower_bound is None:
        return (
            f"The error, {error}, is over the limit, {limit}. Its lower bound is not in the record."
        )
    if state == "breach" and not by_months_together(document):
        return (
            f"The lower bound of the error, {lower}, is over the limit, {limit}. A model exactly "
            f"on the limit gets there by chance in {_ALPHA} of months, one in {1 / ALPHA:.0f}."
        )
    alone = f"The error, {error}, is over the limit, {limit}, but its lower bound, {lower}, is not"
    if state == "breach":
        return f"{alone}: this month alone proves nothing. Together with those before it does."
    return (
        f"{alone}: it may be chance. For a breach the lower bound has to be over the limit, where "
        f"chance takes a model exactly on the limit in {_ALPHA} of months."
    )


def _interval(document: Document) -> str:
    ends = interval(document)
    if ends is None:
        return ""
    return f"With 95 % confidence the true error lies between {span(ends, joined='and')}."


def _power(document: Document) -> str:
    power, limit = number(document, "power"), number(document, "threshold")
    if power is None or limit is None:
        return ""
    words = next(words for least, words in _WORDS_OF_POWER if power >= least)
    rest = ""
    if says_little(document) and text(document, "status") == "healthy":
        rest = " So “healthy” says little."
    return (
        f"Had the true error been a tenth over the limit ({percent(WORSE * limit)}), so many rows "
        f"{words} have confirmed it (chance {percent(min(power, 1.0))}).{rest}"
    )


def _together(document: Document) -> list[str]:
    try:
        evidence = Evidence.from_json(part(document, "evidence"))
    except (KeyError, TypeError, ValueError):  # not as this version writes it
        return []
    if not part(document, "evidence") or evidence.threshold is None:
        return []
    if not evidence.months:
        return ["No evidence against the model has accumulated over the months."]
    months = "This month" if evidence.months == 1 else f"The last {evidence.months} months together"
    value = evidence.value
    shown = f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
    if value > _MANY_TIMES:
        shown = "over a million"
    return [
        f"{months} ({counted(evidence.rows, 'row')}): the e-value against “the error is at "
        f"most {percent(evidence.threshold)}” is {shown}. From {LIMIT:.0f} on, a month over the "
        "limit is a breach."
    ]

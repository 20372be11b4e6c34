"""The subject of a mail: it alone says what has happened. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from iargus.monitoring.view.figures import effect, months, percent
from iargus.monitoring.view.mail.reasons import Kind, in_order, severity_of, was_bad
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.monitoring.view.wording.drift import drifted_of
from iargus.monitoring.view.wording.rows import fault
from iargus.monitoring.window import covered
from iargus.text import listed, printable

_MAX_CHARS = 200
_NAME_CHARS = 30
_MOST = 3


def subject_of(kinds: Sequence[Kind], view: MonthView, before: MonthView | None = None) -> str:
    """One line: what is asked of the reader, the task, the month, and every reason, the verdict
    first. `before` is the month that a recovery is compared with, see `reasons_for`."""
    first, *further = in_order(kinds)
    good = "good again" if was_bad(before) else "judged after all, and good"
    parts = [_first(first, view, good), *(_further(kind, view, good) for kind in further)]
    text = f"{printable(view.task, 64)} {view.period}, {'; '.join(parts)}"
    return printable(f"[IArgus] {severity_of(kinds)}: {text}", _MAX_CHARS)


def reason_of(view: MonthView) -> str:
    """Why a task could not be judged."""
    return view.sentence.removeprefix("Could not be judged:").strip()


def _first(kind: Kind, view: MonthView, good: str) -> str:
    error, limit = percent(view.error), percent(view.threshold)
    match kind:
        case Kind.FAILED_RUN:
            return f"could not be judged: {reason_of(view)}"
        case Kind.QUALITY:
            return _faults(view) + _standing(view)
        case Kind.ESTIMATE:
            return f"too few labels to judge, error of probably {_estimated(view)}"
        case Kind.DRIFT:
            return _drift(view, sizes=True) + _standing(view)
        case Kind.MISSED_RUN:
            too_few = view.status is Status.INSUFFICIENT
            judged = "too few labels to judge" if too_few else f"error {error}"
            if not covered(view.missed_periods, view.window_start):
                return f"{_further(kind, view, good)}; {judged}"
            return f"{_further(kind, view, good)}: covered now, {judged}"
        case Kind.RECOVERY:
            return f"{good}: error {error}, limit {limit}"
        case _:
            return _verdict(kind, view)


def _verdict(kind: Kind, view: MonthView) -> str:
    retraining = view.retraining
    error, limit = percent(view.error), percent(view.threshold)
    now = error if retraining is None else percent(retraining.serving_error)
    if kind is Kind.SUSPECT:
        return f"error {error} is over {limit}, which may be chance"
    if kind is Kind.BREACH_FIXED:
        if view.promoted:
            return f"over the limit ({error}) and fixed by retraining: {now} now"
        return f"over the limit ({error}), within it again on the newest rows: {now}"
    if view.contest is None:
        return f"error {now} is over {limit}, and no retraining was possible"
    return f"error {now} is over {limit} after retraining"


def _further(kind: Kind, view: MonthView, good: str) -> str:
    match kind:
        case Kind.QUALITY:
            return _faults(view)
        case Kind.DRIFT:
            return _drift(view, sizes=False)
        case Kind.MISSED_RUN:
            return f"no run had judged {months(view.missed_periods)}"
        case Kind.RECOVERY:
            return good
        case _:
            return _first(kind, view, good)


def _standing(view: MonthView) -> str:
    """What the error says, where the verdict itself is no reason for a mail."""
    if view.status is Status.HEALTHY:
        return f" while the error is within its limit ({percent(view.error)})"
    if view.status is Status.INSUFFICIENT:
        return ", too few labels to judge the error"
    return ""


def _drift(view: MonthView, *, sizes: bool) -> str:
    names = []
    for feature in drifted_of(view):
        name = printable(feature.feature, _NAME_CHARS)
        # The surest change is the first one.
        surest = feature.changes[0]
        size = effect(surest.what, surest.effect, "σ")
        names.append(f"{name} ({size})" if sizes else name)
    return f"drift in {listed(names, most=_MOST, longest=60)}"


def _faults(view: MonthView) -> str:
    serious = () if view.observed is None else view.observed.serious
    return f"bad data: {listed(dict.fromkeys(map(fault, serious)), most=_MOST, longest=60)}"


def _estimated(view: MonthView) -> str:
    estimate = None if view.observed is None else view.observed.estimate
    error = None if estimate is None else estimate.error
    return f"{percent(error)} (limit {percent(view.threshold)})"

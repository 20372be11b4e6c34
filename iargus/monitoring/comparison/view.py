"""A comparison of files as the view that a monthly run has of a task, for the same report. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from iargus.monitoring.comparison.request import Request
from iargus.monitoring.comparison.scan import Part, Scan
from iargus.monitoring.observed import Observed
from iargus.monitoring.stats.performance.verdict import State, Verdict, interval_of
from iargus.monitoring.view.figures import percent
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.text import listed


def view_of(
    reference: str,
    current: str,
    request: Request,
    scan: Scan,
    part: Part,
    observed: Observed,
    verdict: Verdict | None,
    unjudged: str | None,
) -> MonthView:
    """Without a period and a champion; also without a status where nothing was to be judged.

    Args:
        part: the rows of `scan` that count.
        unjudged: why there is no verdict although one is asked for.
    """
    # The error of some of the rows is none of the file, and would be taken for one.
    errors = part.tally.rows > 0 and unjudged is None
    return MonthView(
        task=f"{current} against {reference}",
        status=None if verdict is None else Status(verdict.state.value),
        sentence=" ".join(_sentences(scan, part, observed, verdict, unjudged)),
        metric=_metric(part) if errors else "",
        threshold=None if verdict is None else verdict.threshold,
        rows=part.tally.rows if request.has_errors else part.rows,
        refused_rows=scan.set_aside,
        error=part.tally.mean if errors else None,
        interval=interval_of(part.tally) if errors else None,
        lower_bound=None if verdict is None else verdict.lower_bound,
        power=None if verdict is None else verdict.power,
        observed=observed,
    )


def why_unjudged(scan: Scan, request: Request) -> str | None:
    """Why there is no verdict although one is asked for: the other rows may be better ones."""
    if scan.set_aside <= request.most_set_aside * scan.rows:
        return None
    without = scan.set_aside / scan.rows
    other = scan.set_aside - scan.incomplete
    parts = []
    if scan.incomplete:
        parts.append(f"{scan.incomplete:,} lack the label or the prediction")
    if other:
        parts.append(f"{other:,} have a label that is no amount above zero")
    return (
        f"No verdict: {scan.set_aside:,} of {scan.rows:,} rows ({without * 100:.1f} %) have no "
        f"error, and at most {request.most_set_aside * 100:g} % may lack one ({'; '.join(parts)}). "
        f"--max-set-aside {min(1.0, math.ceil(without * 100) / 100):g} judges the others alone"
        + ("; --classes if the labels are classes." if other else ".")
    )


def _sentences(
    scan: Scan, part: Part, observed: Observed, verdict: Verdict | None, unjudged: str | None
) -> Iterator[str]:
    if verdict is not None:
        yield _judged(verdict)
    elif unjudged is not None:
        yield unjudged
    elif part.tally.rows:
        of_all = f" of {scan.rows:,}" if scan.set_aside else ""
        yield f"The error is {percent(part.tally.mean)} on {part.tally.rows:,}{of_all} rows."
    drift = observed.drift
    if drift is not None:
        names = [feature.feature for feature in drift.drifted]
        of_all = f"of {drift.compared:,} column{'s' * (drift.compared != 1)} compared"
        if names:
            yield f"{len(names)} {of_all} drifted: {listed(names, most=5, longest=60)}."
        else:
            yield f"None {of_all} drifted."


def _metric(part: Part) -> str:
    return "mape" if part.tally.wrong is None else "error_rate"


def _judged(verdict: Verdict) -> str:
    error, limit = percent(verdict.error), percent(verdict.threshold)
    match verdict.state:
        case State.INSUFFICIENT:
            return f"{verdict.rows:,} rows with an error are too few to judge."
        case State.BREACH:
            return f"The error is {error}, surely above the limit of {limit}."
        case State.SUSPECT:
            return f"The error is {error}, above the limit of {limit}, which may be chance."
        case State.HEALTHY:
            return f"The error is {error}, within the limit of {limit}."

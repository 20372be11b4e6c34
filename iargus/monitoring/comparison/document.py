"""A comparison of files as the JSON that a monthly run has of a task, for the same report. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from iargus.monitoring.comparison.request import Request
from iargus.monitoring.comparison.scan import Part, Scan
from iargus.monitoring.observed import Observed
from iargus.monitoring.stats.performance.verdict import State, Verdict, interval_of

_MOST_NAMES = 5
UNKNOWN = (
    "period",
    "status",
    "threshold",
    "window_start",
    "window_end",
    "lower_bound",
    "power",
    "evidence",
    "champion_version",
    "serving_version",
    "retraining",
    "mail",
    "run_id",
    "report",
    "due",
)
"""What a month knows and files do not, or not always."""


def document_of(
    reference: str,
    current: str,
    request: Request,
    scan: Scan,
    part: Part,
    observed: Observed,
    verdict: Verdict | None,
    unjudged: str | None,
) -> dict[str, Any]:
    """Without a period and a champion; also without a status where nothing was to be judged.

    Args:
        part: the rows of `scan` that count.
        unjudged: why there is no verdict although one is asked for.
    """
    # The error of some of the rows is none of the file, and would be taken for one.
    errors = part.tally.rows > 0 and unjudged is None
    known = {
        "task": f"{current} against {reference}",
        "sentence": " ".join(_sentences(scan, part, observed, verdict, unjudged)),
        "metric": _metric(part) if errors else "",
        "missed_periods": [],
        "rows": part.tally.rows if request.has_errors else part.rows,
        "refused_rows": scan.set_aside,
        "error": part.tally.mean if errors else None,
        "interval": interval_of(part.tally) if errors else None,
        "observed": asdict(observed),
        "also": [],
        "mail_queued": False,
    }
    if verdict is not None:
        known |= {
            "status": verdict.state.value,
            "threshold": verdict.threshold,
            "lower_bound": verdict.lower_bound,
            "power": verdict.power,
        }
    return dict.fromkeys(UNKNOWN) | known


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
        yield f"The error is {_percent(part.tally.mean)} on {part.tally.rows:,}{of_all} rows."
    drift = observed.drift
    if drift is not None:
        names = [feature.feature for feature in drift.drifted]
        of_all = f"of {drift.compared:,} column{'s' * (drift.compared != 1)} compared"
        if names:
            more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
            yield f"{len(names)} {of_all} drifted: {', '.join(names[:_MOST_NAMES])}{more}."
        else:
            yield f"None {of_all} drifted."


def _metric(part: Part) -> str:
    return "mape" if part.tally.wrong is None else "error_rate"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f} %"


def _judged(verdict: Verdict) -> str:
    error, limit = _percent(verdict.error), _percent(verdict.threshold)
    match verdict.state:
        case State.INSUFFICIENT:
            return f"{verdict.rows:,} rows with an error are too few to judge."
        case State.BREACH:
            return f"The error is {error}, surely above the limit of {limit}."
        case State.SUSPECT:
            return f"The error is {error}, above the limit of {limit}, which may be chance."
        case State.HEALTHY:
            return f"The error is {error}, within the limit of {limit}."

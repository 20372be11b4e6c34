"""Outcomes as the report reads them: plain documents, as `MonthView.to_json` gives them."""

from __future__ import annotations

from typing import Any

from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.evidence import STAKES

Document = dict[str, Any]
THRESHOLD = 0.2
METHOD = "paired t, corrected for skewness"


def outcome(status: str | None = "healthy", **given: Any) -> Document:
    """A month of car_price that was judged; `given` replaces what it says."""
    return {
        "task": "car_price",
        "period": "2026-11",
        "status": status,
        "sentence": "Version 3 is good: error 18.1 % on 2,412 new rows, limit 20.0 %.",
        "metric": "mape",
        "threshold": THRESHOLD,
        "window_start": "2026-11-01T00:00:00Z",
        "window_end": "2026-12-01T00:00:00Z",
        "missed_periods": [],
        "rows": 2412,
        "refused_rows": 0,
        "error": 0.181,
        "interval": [0.174, 0.1885],
        "lower_bound": 0.171,
        "power": 0.93,
        "evidence": {
            "threshold": THRESHOLD,
            "months": 2,
            "rows": 4705,
            "log_capital": [0.4] * len(STAKES),
        },
        "champion_version": "3",
        "serving_version": "3",
        "retraining": None,
        "observed": observed(),
        "mail": None,
        "also": [],
        "mail_queued": False,
        "run_id": "4f0c1b2a9d8e4c7f8a6b5c4d3e2f1a0b",
        "report": None,
        **given,
    }


def observed(**given: Any) -> Document:
    """A month in which nothing is to be seen."""
    features = [feature(name) for name in ("mileage", "year", "make", "model", "condition")]
    return {
        "drift": drift(features),
        "quality": [],
        "serious": [],
        "segments": [
            segment(f"make={make}", 0.236 - 0.012 * place, 90 + 70 * place)
            for place, make in enumerate(("lancia", "jaguar", "volvo", "mini", "ford", "toyota"))
        ],
        "estimate": estimate(),
        **given,
    }


def drift(features: list[Document], **given: Any) -> Document:
    return {
        "reference_rows": 10_412,
        "reference_start": "2026-02-01T00:00:00Z",
        "reference_end": "2026-05-01T00:00:00Z",
        "rows": 2412,
        "compared": len(features),
        "features": features,
        "reason": None,
        **given,
    }


def feature(name: str, *changes: Document, kind: str = "number", **given: Any) -> Document:
    """A feature that has not drifted, unless one of its `changes` has."""
    return {
        "feature": name,
        "kind": kind,
        "drifted": any(each["drifted"] for each in changes),
        "changes": list(changes) or [change("distribution", 0.03, drifted=False, p_value=0.71)],
        "missing": [0.01, 0.012],
        "bars": [],
        **given,
    }


def change(
    what: str, effect: float, *, drifted: bool = True, p_value: float = 1e-9, **given: Any
) -> Document:
    return {
        "what": what,
        "p_value": p_value,
        "effect": effect,
        "floor": 0.1 if what in ("distribution", "length of the texts") else 0.02,
        "drifted": drifted,
        "names": [],
        **given,
    }


def bars(shares: dict[str, tuple[float, float]]) -> list[Document]:
    return [
        {"name": name, "reference": before, "current": now}
        for name, (before, now) in shares.items()
    ]


def segment(name: str, error: float, rows: int) -> Document:
    half = 0.6 / rows**0.5
    return {"segment": name, "rows": rows, "error": error, "interval": [error - half, error + half]}


def estimate(**given: Any) -> Document:
    return {
        "error": 0.186,
        "interval": [0.179, 0.194],
        "rows": 3120,
        "beyond": 0.004,
        "warns": False,
        "reason": None,
        **given,
    }


def retraining(**given: Any) -> Document:
    """A contest that the challenger has won."""
    return {
        "cut": "2026-11-21T09:14:00Z",
        "learned_rows": 31_288,
        "holdout_rows": 724,
        "repeated_rows": 31,
        "champion_error": 0.2613,
        "challenger_error": 0.1842,
        "decision": "promote",
        "p_value": 0.00004,
        "method": METHOD,
        "challenger_version": "4",
        "serving_error": 0.1842,
        "worse": [],
        **given,
    }


def months(count: int, **given: Any) -> list[Document]:
    """Earlier months, the latest first: good ones, some suspect, a breach that was mended."""
    period, found = Period(2026, 11), []
    for place in range(count):
        period = period.previous()
        error = 0.178 + 0.004 * ((place * 7) % 5)
        status, promoted = "healthy", False
        if place % 9 == 2:
            status, error = "suspect", 0.206
        elif place % 11 == 7:
            status, error, promoted = "breach", 0.248, True
        elif place % 13 == 5:
            status = "insufficient"
        version = str(3 - min(2, (place + 4) // 11))
        found.append(
            {
                **outcome(status, observed=None, **given),
                "period": str(period),
                "error": error,
                "interval": None if status == "insufficient" else [error - 0.011, error + 0.012],
                "rows": 120 if status == "insufficient" else 2000 + 31 * place,
                "champion_version": version,
                "serving_version": f"{int(version) + 1}" if promoted else version,
            }
        )
    return found

"""The section on champion against challenger. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from iargus.monitoring.view import reading
from iargus.monitoring.view.challenger_outcome import outcome_of
from iargus.monitoring.view.figures import bare_p, count, minute, p_value, percent, rows
from iargus.monitoring.view.names import clean
from iargus.monitoring.view.reading import Document
from iargus.monitoring.view.repeats import in_brackets
from iargus.monitoring.view.report.bars import BarChart, Item, bar_chart

_MOST_WORSE = 20
_TOO_FEW = "too few"


@dataclass(frozen=True)
class WorseRow:
    segment: str
    rows: str
    champion: str
    challenger: str
    p: str


@dataclass(frozen=True)
class Contest:
    sentences: list[str]
    chart: BarChart | None
    worse: list[WorseRow]
    more: int


def contest_of(retraining: Document, champion: str, limit: float | None) -> Contest:
    """`champion` is the version that was judged."""
    challenger = clean(retraining.get("challenger_version") or "", 12)
    errors = (
        (f"champion v{champion}" if champion else "champion", "champion_error"),
        (f"challenger v{challenger}" if challenger else "challenger", "challenger_error"),
    )
    items = [
        Item(name, error)
        for name, key in errors
        if (error := reading.number(retraining, key)) is not None
    ]
    worse = reading.parts(retraining, "worse")
    return Contest(
        sentences=_sentences(retraining),
        chart=bar_chart(items, limit=limit, title="Errors of both models on the same rows"),
        worse=[
            WorseRow(
                clean(each.get("segment", "")),
                count(reading.count(each, "rows")),
                percent(reading.number(each, "champion_error")),
                percent(reading.number(each, "challenger_error")),
                bare_p(reading.number(each, "p_value")),
            )
            for each in worse[:_MOST_WORSE]
        ],
        more=max(0, len(worse) - _MOST_WORSE),
    )


def _sentences(retraining: Document) -> list[str]:
    held, learned = (reading.count(retraining, f"{part}_rows") for part in ("holdout", "learned"))
    if not held:
        return ["No row was left to compare two models on: all repeat earlier ones."]
    cut = reading.timestamp(retraining, "cut")
    since = f", from {minute(cut)} on" if cut else ""
    aside = in_brackets(reading.count(retraining, "repeated_rows"))
    return [
        f"The challenger learned from {rows(learned)}. Both models were compared on the newest "
        f"{rows(held)}{aside}{since}, from which neither has learned.",
        _decision(retraining),
    ]


def _decision(retraining: Document) -> str:
    method = clean(retraining.get("method") or "", 40)
    shown = f"the challenger {outcome_of(retraining)}"
    if method.startswith(_TOO_FEW):
        return f"The champion stays: {shown}."
    test = f"{p_value(reading.number(retraining, 'p_value'))}, {method}"
    if retraining.get("decision") == "promote":
        return f"{shown[:1].upper()}{shown[1:]}, beyond chance ({test})."
    if reading.text(retraining, "refused"):
        return f"The champion stays: {shown} ({test}), and cannot be served."
    return f"The champion stays: {shown} ({test})."

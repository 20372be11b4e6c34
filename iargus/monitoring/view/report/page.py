"""The page as a whole: every section from the facts, then one template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from iargus.monitoring.view import figures, reading
from iargus.monitoring.view.advice import NOTHING, advice_of
from iargus.monitoring.view.advice.situation import situation_of
from iargus.monitoring.view.names import SENTENCE_CHARS, clean
from iargus.monitoring.view.repeats import repeats_of
from iargus.monitoring.view.report import palette
from iargus.monitoring.view.report.bars import BarChart, Item, bar_chart
from iargus.monitoring.view.report.contest import contest_of
from iargus.monitoring.view.report.drift import drift_of
from iargus.monitoring.view.report.estimate import estimate_of
from iargus.monitoring.view.report.evidence import certainty_of
from iargus.monitoring.view.report.headline import badge_of, headline_of
from iargus.monitoring.view.report.months import slots_of
from iargus.monitoring.view.report.months_axis import names_of
from iargus.monitoring.view.report.months_chart import HEIGHT, chart_of
from iargus.monitoring.view.report.quality import quality_of
from iargus.monitoring.view.report.segments import segments_of
from iargus.monitoring.view.report.story import story_of
from iargus.monitoring.view.report.summary import summary_of


def render_report(outcome: Mapping[str, Any], history: Sequence[Mapping[str, Any]] = ()) -> str:
    """The report of one task in one run, as one HTML page without script or outside parts.

    A pure function: the same facts give the same page, byte by byte.

    Args:
        outcome: what `TaskOutcome.to_json` gave. A comparison of files has no period.
        history: the documents of earlier months of the task, the latest first; those of earlier
            versions of IArgus may lack anything.
    """
    situation = situation_of(outcome)
    limit = reading.number(outcome, "threshold")
    observed = reading.part(outcome, "observed")
    drift, estimate = (reading.part(observed, key) for key in ("drift", "estimate"))
    retraining = reading.part(outcome, "retraining")
    slots = slots_of(outcome, history)
    return _PAGES.get_template("report.html.j2").render(
        situation=situation,
        period=reading.period(outcome),
        tone=palette.tone(situation.state),
        badge=badge_of(situation.state),
        headline=headline_of(situation),
        sentence=clean(outcome.get("sentence") or "", SENTENCE_CHARS),
        summary=list(summary_of(outcome, situation)),
        advice=advice_of(outcome),
        slots=slots,
        months=chart_of(slots) if slots else None,
        names=names_of(slots, narrow=False),
        short_names=names_of(slots, narrow=True),
        single=None if slots else _single(outcome, limit),
        observed=bool(observed),
        drift=drift_of(drift, repeats_of(observed)) if drift else None,
        quality=quality_of(observed),
        segments=segments_of(observed, limit),
        contest=contest_of(retraining, situation.champion, limit) if retraining else None,
        estimate=estimate_of(estimate, limit) if estimate else None,
        story=list(story_of(outcome, situation)),
        certainty=list(certainty_of(outcome)),
        limit=limit,
    )


def _single(outcome: Mapping[str, Any], limit: float | None) -> BarChart | None:
    """The one error of a comparison without months, if its rows have labels."""
    error = reading.number(outcome, "error")
    items = [] if error is None else [Item("these rows", error, reading.interval(outcome))]
    return bar_chart(items, limit=limit, title="Error of these rows")


_PAGES = Environment(
    loader=PackageLoader("iargus.monitoring.view.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_PAGES.filters.update(
    percent=figures.percent,
    count=figures.count,
    interval=figures.interval,
    month=figures.month,
    tone=palette.tone,
    badge=badge_of,
    place=lambda value: f"{value:.2f}".rstrip("0").rstrip("."),
)
_PAGES.globals.update(nothing=NOTHING, light=palette.LIGHT, dark=palette.DARK, height=HEIGHT)

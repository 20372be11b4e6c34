"""The page as a whole: the sections that are said everywhere, with pictures, in one template."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from iargus.monitoring.stats.drift.facts import FeatureFacts
from iargus.monitoring.view import figures
from iargus.monitoring.view.month_view import MonthView
from iargus.monitoring.view.report import palette
from iargus.monitoring.view.report.bars import BarChart, Item, bar_chart
from iargus.monitoring.view.report.months import names_of, slots_of
from iargus.monitoring.view.report.months_chart import HEIGHT, chart_of
from iargus.monitoring.view.report.pairs import PairChart, pair_chart
from iargus.monitoring.view.wording.actions import asked, done, where
from iargus.monitoring.view.wording.advice import NOTHING, advice_of
from iargus.monitoring.view.wording.drift import changes_of
from iargus.monitoring.view.wording.explaining import sections_of
from iargus.monitoring.view.wording.facts import facts_of
from iargus.monitoring.view.wording.verdict import badge, headline, why
from iargus.text import SENTENCE_CHARS, capital, printable

_MOST_FEATURES = 60  # in the table; fewer are pictured
_MOST_PICTURES = 8
_MOST_SEGMENTS = 10  # in the picture


def render_report(view: MonthView, history: Sequence[MonthView] = ()) -> str:
    """The report of one task in one run, as one HTML page without script or outside parts.

    A pure function: the same facts give the same page, byte by byte.

    Args:
        history: earlier months of the task, the latest first.
    """
    slots = slots_of(view, history)
    drift = None if view.observed is None else view.observed.drift
    features = () if drift is None else drift.features
    compared = 0 if drift is None else max(drift.compared, len(features))
    steps = [*done(view).sentences, *filter(None, [asked(view)]), *where(view)]
    return _PAGES.get_template("report.html.j2").render(
        view=view,
        task=printable(view.task) or "task",
        headline=headline(view),
        sentence=printable(view.sentence, SENTENCE_CHARS),
        facts=facts_of(view),
        advice=advice_of(view),
        slots=slots,
        months=chart_of(slots) if slots else None,
        names=names_of(slots, narrow=False),
        short_names=names_of(slots, narrow=True),
        single=None if slots else _single(view),
        sections=sections_of(view),
        pictures={"segments": _segments(view), "contest": _contest(view)},
        pictured=[(feature, _feature(feature)) for feature in _drifted(features)[:_MOST_PICTURES]],
        features=[*_drifted(features), *(each for each in features if not each.drifted)][
            :_MOST_FEATURES
        ],
        unlisted=max(0, compared - _MOST_FEATURES),
        done=steps if view.monthly else [],
        why=why(view),
    )


def _drifted(features: Sequence[FeatureFacts]) -> list[FeatureFacts]:
    return [feature for feature in features if feature.drifted]


def _feature(feature: FeatureFacts) -> PairChart | None:
    title = f"{printable(feature.feature)}: share of the rows, before and now"
    return pair_chart(feature.bars, title=title)


def _single(view: MonthView) -> BarChart | None:
    """The one error of a comparison without months, if its rows have labels."""
    items = [] if view.error is None else [Item("these rows", view.error, view.interval)]
    return bar_chart(items, limit=view.threshold, title="Error of these rows")


def _segments(view: MonthView) -> BarChart | None:
    found = () if view.observed is None else view.observed.segments[:_MOST_SEGMENTS]
    items = [Item(each.segment, each.error, each.interval) for each in found]
    return bar_chart(items, limit=view.threshold, title="Error of the champion by segment")


def _contest(view: MonthView) -> BarChart | None:
    if view.contest is None:
        return None
    models = (
        ("champion", view.champion_version, view.contest.champion_error),
        ("challenger", view.contest.challenger_version, view.contest.challenger_error),
    )
    items = [
        Item(f"{name} v{printable(number, 12)}" if number else name, error)
        for name, number, error in models
        if error is not None
    ]
    title = "Errors of both models on the same rows"
    return bar_chart(items, limit=view.threshold, title=title)


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
    p_value=figures.p_value,
    effect=figures.effect,
    tone=palette.tone,
    badge=badge,
    capital=capital,
    changes=changes_of,
    printable=printable,
    place=lambda value: f"{value:.2f}".rstrip("0").rstrip("."),
)
_PAGES.globals.update(nothing=NOTHING, light=palette.LIGHT, dark=palette.DARK, height=HEIGHT)

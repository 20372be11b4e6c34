"""The section on what has changed in the input. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iargus.monitoring.observed import RepeatFacts
from iargus.monitoring.view import reading
from iargus.monitoring.view.figures import bare_p, day, percent, rows
from iargus.monitoring.view.names import SENTENCE_CHARS, clean
from iargus.monitoring.view.reading import Document
from iargus.monitoring.view.repeats import sentence as repeated
from iargus.monitoring.view.report.changes import measured, sentence
from iargus.monitoring.view.report.pairs import PairChart, pair_chart

MOST_PICTURES = 8
MOST_FEATURES = 60
_MOST_CHANGES = 5


@dataclass(frozen=True)
class Drifted:
    name: str
    sentences: list[str]
    chart: PairChart | None


@dataclass(frozen=True)
class FeatureRow:
    """A line of the table; `what`, `effect`, `limit` and `p` are of the surest change."""

    name: str
    kind: str
    what: str
    effect: str
    limit: str
    p: str
    missing: str
    drifted: bool


@dataclass(frozen=True)
class Drift:
    """`pictured` are the first features that drifted; `unlisted` are compared but in no table."""

    reason: str
    summary: str
    footing: str
    pictured: list[Drifted]
    table: list[FeatureRow]
    unlisted: int
    all_drifted: bool


def drift_of(facts: Document, repeats: RepeatFacts | None = None) -> Drift:
    features = reading.parts(facts, "features")
    drifted = [feature for feature in features if feature.get("drifted")]
    others = [feature for feature in features if not feature.get("drifted")]
    compared = max(reading.count(facts, "compared"), len(features))
    return Drift(
        reason=clean(facts.get("reason") or "", SENTENCE_CHARS).rstrip("."),
        summary=_summary(drifted, compared),
        footing=" ".join([_footing(facts), *([] if repeats is None else [repeated(repeats)])]),
        pictured=[_drifted(feature) for feature in drifted[:MOST_PICTURES]],
        table=[_row(feature) for feature in (*drifted, *others)[:MOST_FEATURES]],
        unlisted=max(0, compared - MOST_FEATURES),
        all_drifted=len(drifted) > MOST_FEATURES,
    )


def _summary(drifted: Sequence[Document], compared: int) -> str:
    of_all = f"the {compared:,} features" if compared != 1 else "the one feature"
    if not drifted:
        return f"Nothing drifted: none of {of_all} compared changed both surely and by much."
    verb = "drifted" if len(drifted) != 1 else "has drifted"
    text = f"{len(drifted):,} of {of_all} compared {verb}: the change is sure and large."
    if len(drifted) > MOST_PICTURES:
        text += f" The {MOST_PICTURES} surest are pictured; the table has more."
    return text


def _footing(facts: Document) -> str:
    """What was compared with what."""
    now, before = reading.count(facts, "rows"), reading.count(facts, "reference_rows")
    start, end = (
        reading.timestamp(facts, "reference_start"),
        reading.timestamp(facts, "reference_end"),
    )
    text = f"{rows(now)} against {rows(before)} of the reference"
    return text + (f", from {day(start)} to {day(end)}." if start and end else ".")


def _drifted(feature: Document) -> Drifted:
    changes = [each for each in reading.parts(feature, "changes") if each.get("drifted")]
    name = clean(feature.get("feature", ""))
    return Drifted(
        name=name,
        sentences=[sentence(feature, change) for change in changes[:_MOST_CHANGES]],
        chart=pair_chart(
            reading.parts(feature, "bars"), title=f"{name}: share of the rows, before and now"
        ),
    )


def _row(feature: Document) -> FeatureRow:
    changes = reading.parts(feature, "changes")
    surest: Document = changes[0] if changes else {}
    before, now = reading.pair(feature, "missing") or (None, None)
    p = reading.number(surest, "p_value")
    return FeatureRow(
        name=clean(feature.get("feature", "")),
        kind=clean(feature.get("kind", ""), 12),
        what=clean(surest.get("what", "–"), 24),
        effect=measured(surest, "effect"),
        limit=measured(surest, "floor"),
        p=bare_p(p),
        missing=f"{percent(before)} → {percent(now)}",
        drifted=bool(feature.get("drifted")),
    )

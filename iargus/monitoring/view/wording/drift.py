"""What has changed in the input. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iargus.mailing.content import Fact, Section
from iargus.monitoring.stats.drift.compare import ALPHA, Change, ChangeType
from iargus.monitoring.stats.drift.facts import DriftFacts, FeatureFacts
from iargus.monitoring.stats.drift.summary import Kind
from iargus.monitoring.view.figures import day, effect, p_value, percent, rows
from iargus.monitoring.view.month_view import MonthView
from iargus.monitoring.view.wording.rows import repeats
from iargus.text import SENTENCE_CHARS, listed, printable

_MOST_FEATURES = 60
_MOST_BARS = 3


def drifted_of(view: MonthView) -> tuple[FeatureFacts, ...]:
    """The features that drifted, the surest first."""
    drift = None if view.observed is None else view.observed.drift
    return () if drift is None else drift.drifted


def drift(view: MonthView) -> Section:
    """Which features have changed, how surely, and by how much."""
    facts = None if view.observed is None else view.observed.drift
    sentences = () if facts is None else tuple(_sentences(view, facts))
    changes = [
        each
        for feature in drifted_of(view)[:_MOST_FEATURES]
        for each in (*changes_of(feature), _bars(feature))
    ]
    return Section(
        "drift",
        "What has changed in the input",
        sentences,
        tuple(each for each in changes if each is not None),
        ("Feature", "Change", ""),
    )


def _sentences(view: MonthView, facts: DriftFacts) -> Iterator[str]:
    if facts.reason:
        yield f"Nothing was compared: {printable(facts.reason, SENTENCE_CHARS).rstrip('.')}."
        return
    drifted = len(facts.drifted)
    compared = max(facts.compared, len(facts.features))
    of_all = f"the {compared:,} features" if compared != 1 else "the one feature"
    rule = f"significant (p at most {ALPHA * 100:.1f} %, corrected for all comparisons) and large"
    if not drifted:
        yield f"Nothing drifted: none of {of_all} compared has a change that is {rule}."
    else:
        has = "has" if drifted == 1 else "have"
        yield f"{drifted:,} of {of_all} compared {has} drifted: the change is {rule}."
    start, end = facts.reference_start, facts.reference_end
    times = f", from {day(start)} to {day(end)}" if start and end else ""
    whose = ", on which the champion was measured" if view.monthly else ""
    yield (
        f"{rows(facts.rows)} were compared with {rows(facts.reference_rows)} of the reference"
        f"{times}{whose}."
    )
    known = None if view.observed is None else view.observed.repeats
    if known is not None:
        yield repeats(known)
    if drifted and view.monthly:
        yield "Drift warns; it retrains nothing by itself."


def changes_of(feature: FeatureFacts) -> list[Fact]:
    """Each way in which a feature has drifted, with its size, what counts, and its p."""
    return [
        Fact(
            printable(feature.feature),
            _change(feature, change),
            f"counts from {effect(change.what, change.floor)} on; {p_value(change.p_value)}",
        )
        for change in feature.changes
        if change.drifted
    ]


def _change(feature: FeatureFacts, change: Change) -> str:
    size = effect(change.what, change.effect)
    names = f": {listed(change.names)}" if change.names else ""
    match change.what:
        case ChangeType.DISTRIBUTION if feature.kind is Kind.CATEGORY:
            return f"the mix of values moved by {size}"
        case ChangeType.DISTRIBUTION:
            return f"moved by {size}"
        case ChangeType.LENGTH:
            return f"the length of the texts moved by {size}"
        case ChangeType.MISSING:
            before, now = map(percent, feature.missing)
            return f"{now} of the rows have no value, {before} before"
        case ChangeType.NEVER_SEEN:
            return f"{size} hold values never seen before{names}"
    return f"words became more or less frequent, by up to {size}{names}"


def _bars(feature: FeatureFacts) -> Fact | None:
    """The shares that moved most, for those who see no picture of them."""
    moved = sorted(feature.bars, key=lambda bar: -abs(bar.current - bar.reference))[:_MOST_BARS]
    if not moved:
        return None
    shares = (
        f"{printable(bar.name, 30)} from {percent(bar.reference)} to {percent(bar.current)}"
        for bar in moved
    )
    return Fact(printable(feature.feature), "shares of the rows", ", ".join(shares))


def drifted_features(features: Iterable[FeatureFacts]) -> str:
    """`mileage, make (missing values)`: a feature, and what of it has changed where that is not its
    distribution."""
    return listed(map(_brief, features), most=5, longest=60)


def _brief(feature: FeatureFacts) -> str:
    changes = [each.what for each in feature.changes if each.drifted]
    others = [each.value for each in changes if each is not ChangeType.DISTRIBUTION]
    return feature.feature + (f" ({', '.join(others)})" if others else "")

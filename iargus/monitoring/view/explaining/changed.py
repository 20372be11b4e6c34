"""Which columns have changed, in words."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring.stats.drift.compare import ALPHA, ChangeType
from iargus.monitoring.view.explaining.words import INDENT, listed, minute, p_words
from iargus.monitoring.view.reading import Document, count, number, part, parts, text, texts
from iargus.monitoring.view.repeats import repeats_of
from iargus.monitoring.view.wording import percent
from iargus.storage.labelled.repeats import Repeats
from iargus.text import counted

_IN_DEVIATIONS = (ChangeType.DISTRIBUTION.value, ChangeType.LENGTH.value)
_MOST_NAMES = 8
_MOST_BARS = 3


def drift(document: Document) -> list[str]:
    """Which columns have changed, how surely, and how much against what counts at least."""
    facts = part(part(document, "observed"), "drift")
    if not facts or facts.get("reason"):
        reason = text(facts, "reason")
        return [f"Nothing was compared: {reason}" if reason else "Nothing was compared."]
    features = parts(facts, "features")
    drifted = [feature for feature in features if feature.get("drifted")]
    compared = count(facts, "compared") or len(features)
    start, end = minute(facts, "reference_start")[:10], minute(facts, "reference_end")[:10]
    times = f" from {start} to {end}" if start and end else ""
    against = (
        f"{count(facts, 'rows'):,} rows were compared with {count(facts, 'reference_rows'):,} "
        f"labelled rows{times} that the champion was measured on and has not learned from."
    )
    repeats = repeats_of(part(document, "observed"))
    if repeats is not None and repeats.how is Repeats.LEFT_OUT:
        against += " Repeats of earlier rows are left out of both."
    rule = f"surely (p at most {ALPHA * 100:.1f} %, corrected for all comparisons) and much"
    if not drifted:
        return [against, f"None of {counted(compared, 'column')} has changed {rule}."]
    have = "has" if len(drifted) == 1 else "have"
    return [
        against,
        f"{len(drifted)} of {counted(compared, 'column')} {have} changed {rule}:",
        *(INDENT + line for feature in drifted for line in _changes(feature)),
        "A changed input warns; it retrains nothing by itself.",
    ]


def _changes(feature: Document) -> Iterator[str]:
    name, kind = text(feature, "feature"), text(feature, "kind")
    shown = f"{name} ({kind})" if kind else name
    for change in parts(feature, "changes"):
        if change.get("drifted"):
            yield f"{shown}: {_change(change)}."
    bars = parts(feature, "bars")
    moved = sorted(bars, key=lambda bar: -abs(_moved(bar)))[:_MOST_BARS]
    if moved:
        shares = ", ".join(
            f"{text(bar, 'name')} from {percent(number(bar, 'reference'))} to "
            f"{percent(number(bar, 'current'))}"
            for bar in moved
        )
        yield f"{name}, shares of the rows that moved most: {shares}."


def _change(change: Document) -> str:
    what, effect, floor = (text(change, "what"), number(change, "effect"), number(change, "floor"))
    words = f"{what}, {_size(what, effect)}"
    if effect is not None and floor:
        words += f" ({effect / floor:.1f} times the {_size(what, floor)} that count at least)"
    words += f", {p_words(number(change, 'p_value'))}"
    names = texts(change, "names")
    return f"{words}: {listed(names, most=_MOST_NAMES)}" if names else words


def _size(what: str, effect: float | None) -> str:
    if effect is not None and what in _IN_DEVIATIONS:
        return f"{effect:.2g} standard deviations"
    return percent(effect) + (" of the texts" if what == ChangeType.WORDS.value else " of the rows")


def _moved(bar: Document) -> float:
    return (number(bar, "current") or 0.0) - (number(bar, "reference") or 0.0)

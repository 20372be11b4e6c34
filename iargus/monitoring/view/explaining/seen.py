"""What was found in the rows of a month, and what has changed in them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring.stats.drift.compare import ALPHA, ChangeType
from iargus.monitoring.view.explaining.words import INDENT, listed, minute, p_words, span
from iargus.monitoring.view.reading import (
    Document,
    count,
    interval,
    number,
    part,
    parts,
    text,
    texts,
)
from iargus.monitoring.view.reading import segments as worst_segments
from iargus.monitoring.view.repeats import repeats_of
from iargus.monitoring.view.wording import percent
from iargus.storage.labelled.repeats import Repeats
from iargus.text import counted


def quality(document: Document) -> list[str]:
    """What is wrong with the rows, the serious findings first."""
    observed = part(document, "observed")
    serious, found = parts(observed, "serious"), parts(observed, "quality")
    others = [finding for finding in found if finding not in serious]
    lines = [f"Serious: {finding_words(finding)}." for finding in serious]
    return [*lines, *(f"{_capital(finding_words(each))}." for each in others)] or [
        "Nothing is wrong with the rows."
    ]


def segments(document: Document) -> list[str]:
    """The worst segments."""
    return [
        f"{text(each, 'segment')}: {percent(number(each, 'error'))} "
        f"({span(interval(each))}) on {counted(count(each, 'rows'), 'row')}"
        for each in worst_segments(part(document, "observed"))
    ]


def estimate(document: Document) -> list[str]:
    """The probable error of predictions whose labels may not have come yet."""
    facts = part(part(document, "observed"), "estimate")
    error = number(facts, "error")
    if error is None:
        reason = text(facts, "reason")
        return [f"Nothing was estimated: {reason}"] if reason else []
    limit = percent(number(document, "threshold"))
    lines = [
        f"The {count(facts, 'rows'):,} predictions of the month probably have an error of "
        f"{percent(error)} ({span(interval(facts))} with 95 % confidence), limit {limit}."
    ]
    repeated = count(facts, "repeated")
    if repeated:
        lines.append(
            f"{counted(repeated, 'further prediction')} for inputs that repeat earlier ones "
            f"{'is' if repeated == 1 else 'are'} left out."
        )
    beyond = number(facts, "beyond")
    if beyond:
        lines.append(
            f"In {percent(beyond)} of them the model doubts more than in any row with a label, "
            "so the estimate is too kind."
        )
    if facts.get("warns"):
        lines.append("The whole interval is over the limit. That warns; only labels can prove it.")
    return lines


def finding_words(finding: Document) -> str:
    """`unit changed in mileage: 812 of 2,000 rows (40.6 %), kilometres instead of miles`."""
    rows, of = count(finding, "count"), count(finding, "rows")
    words = fault_words(finding, "in {}")
    if of:
        words += f": {rows:,} of {of:,} rows ({percent(rows / of)})"
    detail = text(finding, "detail")
    return f"{words}, {detail}" if detail else words


def fault_words(finding: Document, where: str = "({})") -> str:
    """`unit changed (mileage)`."""
    fault, column = text(finding, "fault") or "fault", text(finding, "column")
    return f"{fault} {where.format(column)}" if column else fault


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


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

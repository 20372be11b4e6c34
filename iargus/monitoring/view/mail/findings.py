"""What a mail says about changed input and faulty rows. Pure.

Names of categories and words come from data: they are cut, and few of many are shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring.observed import Observed
from iargus.monitoring.stats.drift.facts import DriftFacts, FeatureFacts
from iargus.monitoring.stats.quality.findings import Finding
from iargus.monitoring.view.mail.facts import Fact, Section, timestamp
from iargus.monitoring.view.mail.text import change_size, listed, printable, size
from iargus.monitoring.view.repeats import sentence
from iargus.monitoring.view.wording import percent

_MOST_CHANGES = 10
_MOST_FINDINGS = 8
_MOST_NAMES = 5
_NAME_CHARS = 30


def drift_of(observed: Observed | None) -> Section | None:
    """Every feature that drifted: how much, what counts, and which values are new."""
    drift = None if observed is None else observed.drift
    if drift is None or not drift.drifted:
        return None
    facts = [fact for feature in drift.drifted for fact in _changes(feature)]
    note = _reference(drift)
    if observed is not None and observed.repeats is not None:
        note += f" {sentence(observed.repeats)}"
    return Section("What has changed", _first(facts, _MOST_CHANGES), note)


def quality_of(observed: Observed | None) -> Section | None:
    """What is wrong with the rows, the serious findings first."""
    if observed is None or not (observed.quality or observed.serious):
        return None
    others = [finding for finding in observed.quality if finding not in observed.serious]
    facts = [_finding(finding, serious=True) for finding in observed.serious]
    facts += [_finding(finding, serious=False) for finding in others]
    return Section("What is wrong with the rows", _first(facts, _MOST_FINDINGS))


def _reference(drift: DriftFacts) -> str:
    text = f"{drift.rows:,} rows against the {drift.reference_rows:,} that the champion was"
    text += " measured on"
    if drift.reference_start is not None and drift.reference_end is not None:
        text += f", {timestamp(drift.reference_start)} to {timestamp(drift.reference_end)} UTC"
    return f"{text}. {len(drift.drifted):,} of {drift.compared:,} features have changed."


def _changes(feature: FeatureFacts) -> Iterator[Fact]:
    name = printable(feature.feature, _NAME_CHARS)
    for change in feature.changes:
        if not change.drifted:
            continue
        names = ""
        if change.names:
            names = f": {listed(change.names, most=_MOST_NAMES, chars=_NAME_CHARS)}"
        floor = size(change.what, change.floor)
        yield Fact(name, change_size(change), f"{change.what}{names}; counts from {floor} on")


def _finding(finding: Finding, *, serious: bool) -> Fact:
    column = "" if finding.column is None else f": {printable(finding.column, _NAME_CHARS)}"
    value = f"{finding.count:,} of {finding.rows:,} rows ({percent(finding.share)})"
    detail = printable(finding.detail, 80)
    if serious:
        detail = f"serious; {detail}" if detail else "serious"
    return Fact(f"{_sentence_case(str(finding.fault))}{column}", value, detail)


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _first(facts: list[Fact], most: int) -> tuple[Fact, ...]:
    if len(facts) <= most:
        return tuple(facts)
    more = len(facts) - most
    return (*facts[:most], Fact("And more", f"{more:,}", "the report shows them all"))

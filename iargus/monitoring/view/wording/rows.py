"""What was found in the rows of a month: faults, repeats, the worst segments, the probable error of
predictions without labels. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.mailing.content import Fact, Section
from iargus.monitoring.observed import EstimateFacts, RepeatFacts
from iargus.monitoring.stats.quality.findings import Finding
from iargus.monitoring.view.figures import interval, percent, rows
from iargus.monitoring.view.month_view import MonthView
from iargus.storage.labelled.repeats import Repeats
from iargus.text import SENTENCE_CHARS, capital, counted, printable

_CAVEAT = (
    "This sees that inputs have become harder, as far as the model notices. It does not see a "
    "changed concept: if the same input has another truth now, the estimate stays where it was."
)


def quality(view: MonthView) -> Section:
    """What is wrong with the rows, the serious findings first."""
    observed = view.observed
    if observed is None:
        return Section("quality", "")
    serious = observed.serious
    others = [each for each in observed.quality if each not in serious]
    said = "No fault was found."
    if serious or others:
        said = f"{counted(len(serious) + len(others), 'fault')} found"
        said += f", {len(serious):,} of them serious: a person should look." if serious else "."
    facts = [_finding(each, serious=True) for each in serious]
    facts += [_finding(each, serious=False) for each in others]
    heads = ("Fault", "Rows", "Detail")
    return Section("quality", "Faults in the data", (said,), tuple(facts), heads)


def _finding(finding: Finding, *, serious: bool) -> Fact:
    share = f" ({percent(finding.share)})" if finding.rows else ""
    details = ["serious" if serious else "", printable(finding.detail, 80)]
    return Fact(
        capital(fault(finding)),
        f"{finding.count:,} of {rows(finding.rows)}{share}",
        "; ".join(each for each in details if each),
        urgent=serious,
    )


def fault(finding: Finding) -> str:
    """`unit changed (mileage)`."""
    column = f" ({printable(finding.column)})" if finding.column else ""
    return f"{finding.fault}{column}"


def segments(view: MonthView) -> Section:
    """The worst segments."""
    found = () if view.observed is None else view.observed.segments
    facts = tuple(
        Fact(
            printable(each.segment),
            percent(each.error),
            f"{interval(each.interval)} on {rows(each.rows)}",
        )
        for each in found
    )
    said = (
        "The worst segments of enough rows; the interval holds the true error of the segment with "
        "95 % confidence."
    )
    heads = ("Segment", "Error", "95 % interval")
    title = "Where the error is largest"
    return Section("segments", title, (said,) if facts else (), facts, heads)


def estimate(view: MonthView) -> Section:
    """The probable error of predictions whose labels may not have come yet."""
    facts = None if view.observed is None else view.observed.estimate
    known = facts is not None and facts.error is not None
    return Section(
        "estimate",
        "Before the labels come",
        () if facts is None else tuple(_estimate(facts, view.threshold)),
        note=_CAVEAT if known else "",
    )


def _estimate(facts: EstimateFacts, limit: float | None) -> Iterator[str]:
    if facts.error is None:
        if facts.reason:
            yield f"Nothing was estimated: {printable(facts.reason, SENTENCE_CHARS).rstrip('.')}."
        return
    within = "" if facts.interval is None else f" (95 %: {interval(facts.interval)})"
    yield (
        f"{counted(facts.rows, 'prediction')} of the month probably "
        f"{'has' if facts.rows == 1 else 'have'} an error of {percent(facts.error)}{within}, "
        f"judged by the model's own uncertainty; the limit is {percent(limit)}."
    )
    if facts.repeated:
        are = "is" if facts.repeated == 1 else "are"
        yield (
            f"{counted(facts.repeated, 'further prediction')} for inputs that repeat earlier ones "
            f"{are} left out."
        )
    if facts.beyond > 0:
        yield (
            f"{percent(facts.beyond)} of the predictions are more uncertain than any labelled row "
            "was; for them the estimate is too low."
        )
    if facts.warns:
        yield "The whole interval is over the limit. That warns; only labels can prove it."


def left_out_of(facts: RepeatFacts | None) -> int:
    """How many rows were left out as repeats."""
    return 0 if facts is None or facts.how is Repeats.COUNTED else facts.repeated


def repeats(facts: RepeatFacts) -> str:
    """What was done with repeats on both sides, and how many there are."""
    share = f"{facts.repeated:,} of {rows(facts.rows)}"
    if facts.of_files:
        share += " of the current file"
        if facts.reference is not None:
            share += f", {percent(facts.reference)} of the reference"
        if facts.how is Repeats.COUNTED:
            return (
                "Repeats of earlier rows are counted in both files, because rows of so few values "
                f"are often equal: {share}."
            )
        return f"Repeats of earlier rows of the same file are left out of both files: {share}."
    if facts.how is Repeats.OWN_COUNTED:
        return (
            f"Repeats of rows from before the month are left out ({share}); repeats within the "
            "month are counted, as in the reference, which an earlier version of IArgus made."
        )
    if facts.reference is None:
        return f"Repeats of earlier rows are left out: {share}."
    return (
        f"Repeats of earlier rows are left out of the month and of the reference: {share}, and "
        f"{percent(facts.reference)} of those of the reference."
    )

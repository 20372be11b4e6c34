"""What to do about faulty rows and changed input. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring.stats.quality.findings import Fault
from iargus.monitoring.view import reading
from iargus.monitoring.view.advice.situation import Situation, Step
from iargus.monitoring.view.names import clean, listed
from iargus.monitoring.view.reading import Document

_MOST_FAULTS = 8
_ANY = "see what wrote these rows, and correct them"
_REMEDIES: dict[str, str] = {
    Fault.NO_ROWS: "see why no labelled rows arrive",
    Fault.COLUMN_MISSING: "add the column again where the rows are exported",
    Fault.COLUMN_EMPTY: "see why nothing fills the column any more",
    Fault.TYPE_FLIP: "make the column hold numbers again where it is written",
    Fault.NUMBERS_IN_WORDS: "make the column hold words again where it is written",
    Fault.INFINITE: "see what divides by zero where the column is written",
    Fault.DUPLICATED: "see what sends rows twice",
    Fault.LABEL_MISSING: "see why labels do not arrive",
    Fault.LABEL_IMPOSSIBLE: "correct the labels, or remove rows with placeholders",
    Fault.TEXT_TOO_LONG: "see what writes such texts; only their beginning is read",
    Fault.UNIT: "write the column in the unit of before, and correct these rows",
    Fault.FUTURE: "see which clock or time zone is wrong where they are written, and correct them",
}


def about_data(document: Document, situation: Situation) -> Iterator[Step]:
    """One step per serious fault, with the columns that have it; then what rests on these rows."""
    if not situation.faulty:
        return
    serious = reading.parts(reading.part(document, "observed"), "serious")
    columns: dict[str, list[str]] = {}
    for finding in serious:
        named = columns.setdefault(reading.text(finding, "fault"), [])
        if finding.get("column"):
            named.append(clean(finding["column"]))
    for fault, named in list(columns.items())[:_MOST_FAULTS]:
        where = f" ({listed(named, most=5)})" if named else ""
        name = clean(fault) or "fault"
        yield Step(f"{name[0].upper()}{name[1:]}{where}: {_REMEDIES.get(fault, _ANY)}.")
    if situation.monthly:
        yield from _about_consequences(situation)


def _about_consequences(situation: Situation) -> Iterator[Step]:
    if situation.promoted:
        yield Step(
            f"Version {situation.serving}, promoted now, has learned from rows of this month. "
            f"You can go back to version {situation.champion} until the rows are right:",
            (situation.roll_back,),
        )
    yield Step(
        "Once the rows are right in the database too, judge the month again; its error cannot be "
        "trusted until then. That is possible while no later month is recorded:",
        (situation.judge_again,),
    )


def about_input(document: Document, situation: Situation) -> Iterator[Step]:
    observed = reading.part(document, "observed")
    features = reading.parts(reading.part(observed, "drift"), "features")
    drifted = [clean(each.get("feature", "")) for each in features if each.get("drifted")]
    if drifted:
        yield Step(
            f"Find out why the input changed ({listed(drifted, most=5)}). A new kind of customer "
            "or a season needs nothing, a fault upstream must be fixed. Drift alone retrains "
            "nothing."
        )
        # A new champion has just learned from such rows.
        if not situation.promoted:
            yield Step("If the change stays, train with rows that hold it:", situation.train)
    if reading.part(observed, "estimate").get("warns"):
        yield Step(
            f"Get labels for the newest predictions of {situation.task} soon: the model doubts "
            "so much that its error is probably over the limit, and only labels can prove it."
        )

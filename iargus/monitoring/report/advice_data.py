"""What to do about each serious fault of the data. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring.quality.scan import Fault
from iargus.monitoring.report import reading
from iargus.monitoring.report.quality import serious_of
from iargus.monitoring.report.reading import Document
from iargus.monitoring.report.step import Step
from iargus.monitoring.report.text import clean, listed

_MOST_FAULTS = 8
_ANY = "see what wrote these rows, and correct them"
_REMEDIES: dict[str, str] = {
    Fault.NO_ROWS: "see why no labelled rows arrive",
    Fault.COLUMN_MISSING: "add the column again where the rows are exported",
    Fault.COLUMN_EMPTY: "see why nothing fills the column any more",
    Fault.TYPE_FLIP: "make the column hold numbers again where it is written",
    Fault.NUMBERS_IN_WORDS: "make the column hold words again where it is written",
    Fault.INFINITE: "see what divides by zero where the column is written",
    Fault.DUPLICATED: "see what sends rows twice; until then bounds are too narrow",
    Fault.LABEL_MISSING: "see why labels do not arrive",
    Fault.LABEL_IMPOSSIBLE: "correct the labels, or remove rows with placeholders",
    Fault.TEXT_TOO_LONG: "see what writes such texts; only their beginning is read",
    Fault.UNIT: "write the column in the unit of before, and correct these rows",
}


def about_faults(observed: Document) -> Iterator[Step]:
    """One step per serious fault, with the columns that have it."""
    columns: dict[str, list[str]] = {}
    for finding in serious_of(observed):
        named = columns.setdefault(reading.string(finding, "fault"), [])
        if finding.get("column"):
            named.append(clean(finding["column"]))
    for fault, named in list(columns.items())[:_MOST_FAULTS]:
        where = f" ({listed(named, most=5)})" if named else ""
        name = clean(fault) or "fault"
        yield Step(f"{name[0].upper()}{name[1:]}{where}: {_REMEDIES.get(fault, _ANY)}.")

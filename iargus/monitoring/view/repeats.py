"""Which repeats are counted and which are left out, in the same words everywhere. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iargus.monitoring.observed import RepeatFacts
from iargus.monitoring.view import reading
from iargus.storage.labelled.repeats import Repeats, in_brackets, left_out

__all__ = ["in_brackets", "left_out", "left_out_of", "repeats_of", "sentence"]


def repeats_of(observed: Mapping[str, Any]) -> RepeatFacts | None:
    """The facts in the JSON of a month or a comparison; None where an earlier version of IArgus
    wrote it, which counted repeats in a month and said nothing of them."""
    facts = reading.part(observed, "repeats")
    try:
        how = Repeats(reading.text(facts, "how"))
    except ValueError:
        return None
    return RepeatFacts(
        how=how,
        rows=reading.count(facts, "rows"),
        repeated=reading.count(facts, "repeated"),
        reference=reading.number(facts, "reference"),
        of_files=facts.get("of_files") is True,
    )


def left_out_of(facts: RepeatFacts | None) -> int:
    """How many rows were left out as repeats."""
    return 0 if facts is None or facts.how is Repeats.COUNTED else facts.repeated


def sentence(facts: RepeatFacts) -> str:
    """What was done with repeats on both sides, and how many there are."""
    share = f"{facts.repeated:,} of {facts.rows:,} rows"
    if facts.of_files:
        share += " of the current file"
        if facts.reference is not None:
            share += f", {facts.reference * 100:.1f} % of the reference"
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
        f"{facts.reference * 100:.1f} % of those of the reference."
    )

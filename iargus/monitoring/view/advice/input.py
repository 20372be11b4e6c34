"""What to do about a changed input, and about predictions whose labels have not come."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring.view import reading
from iargus.monitoring.view.advice.situation import Situation
from iargus.monitoring.view.advice.step import Step
from iargus.monitoring.view.names import clean, listed
from iargus.monitoring.view.reading import Document


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

"""The section on the probable error before the labels come. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from iargus.monitoring.view import reading
from iargus.monitoring.view.figures import interval, percent, rows
from iargus.monitoring.view.names import SENTENCE_CHARS, clean
from iargus.monitoring.view.reading import Document


@dataclass(frozen=True)
class Estimate:
    sentences: list[str]
    caveat: bool


def estimate_of(facts: Document, limit: float | None) -> Estimate:
    """What the doubts of the model say about rows whose labels may be missing."""
    error = reading.number(facts, "error")
    if error is None:
        reason = clean(facts.get("reason") or "too few predictions", SENTENCE_CHARS)
        return Estimate([f"Nothing was estimated: {reason.rstrip('.')}."], caveat=False)
    sentences = [
        f"The error on {rows(reading.count(facts, 'rows'))} that were predicted is probably "
        f"{percent(error)} (95 %: {interval(reading.pair(facts, 'interval'))}), judged by how "
        "much the model itself doubts."
    ]
    if facts.get("warns"):
        sentences.append(f"All of that interval is above the limit of {percent(limit)}.")
    beyond = reading.number(facts, "beyond") or 0.0
    if beyond > 0:
        sentences.append(
            f"{percent(beyond)} of the predictions are more uncertain than any labelled row was; "
            "for them the estimate is too kind."
        )
    return Estimate(sentences, caveat=True)

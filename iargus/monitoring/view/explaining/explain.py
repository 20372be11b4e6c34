"""All paragraphs about a month, in the order in which people ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from iargus.mailing.outbox import MailStatus
from iargus.monitoring.view.explaining.actions import advice, done, mails_of
from iargus.monitoring.view.explaining.contest import contest
from iargus.monitoring.view.explaining.rule import TITLES, why
from iargus.monitoring.view.explaining.seen import drift, estimate, quality, segments
from iargus.monitoring.view.explaining.words import minute
from iargus.monitoring.view.reading import Document, count, part, text
from iargus.monitoring.view.repeats import repeats_of
from iargus.monitoring.view.repeats import sentence as repeats_sentence
from iargus.monitoring.view.wording import METRICS


@dataclass(frozen=True)
class Paragraph:
    """A title and its lines, each a sentence or a few; those that begin with `INDENT` belong to the
    line above them."""

    title: str
    lines: tuple[str, ...]


def explain(document: Document, mails: Sequence[MailStatus] = ()) -> list[Paragraph]:
    """Everything about one month; a paragraph without anything to say is left out.

    Args:
        mails: those of the outbox about this task and month.
    """
    observed = "observed" in document and document["observed"] is not None
    seen: list[tuple[str, Callable[[Document], list[str]]]] = [
        ("Has the input changed?", drift),
        ("Quality of the rows", quality),
        ("Where the error is largest", segments),
        ("Before the labels come", estimate),
    ]
    paragraphs = [
        ("What was found", found(document)),
        (TITLES.get(text(document, "status"), "Why"), why(document)),
        *((title, words(document)) for title, words in seen if observed),
        ("Contest of champion and challenger", contest(document)),
        ("What the job did", done(document)),
        ("Mails", mails_of(document, mails)),
        ("What you can do", advice(document, mails)),
    ]
    if not observed:
        nothing = "The record of this month holds nothing about columns, quality and segments."
        paragraphs.insert(2, ("What the rows show beside the verdict", [nothing]))
    return [Paragraph(title, tuple(lines)) for title, lines in paragraphs if lines]


def found(document: Document) -> list[str]:
    """The sentence of the run, and what it is about."""
    metric = text(document, "metric")
    measure = METRICS.get(metric, metric)
    start, end = minute(document, "window_start"), minute(document, "window_end")
    about = f"Rows judged: {count(document, 'rows'):,}"
    if start and end:
        about += f", from {start} to {end} UTC"
    about += f". Measure: {measure}." if measure else "."
    repeats = repeats_of(part(document, "observed"))
    told = [about] if repeats is None else [about, repeats_sentence(repeats)]
    sentence = text(document, "sentence")
    return [sentence, *told] if sentence else told

"""What the job did, in the order in which it did it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring.view import reading
from iargus.monitoring.view.advice.situation import Situation
from iargus.monitoring.view.figures import interval, minute, percent, rows, version
from iargus.monitoring.view.names import clean, listed
from iargus.monitoring.view.reading import Document
from iargus.monitoring.view.repeats import repeats_of, sentence
from iargus.monitoring.view.report.headline import badge_of
from iargus.monitoring.window import covered


def story_of(outcome: Document, situation: Situation) -> Iterator[str]:
    """One sentence a step."""
    if not situation.monthly:
        return  # no job was at work
    yield from _read(outcome)
    yield from _judged(outcome, situation)
    yield from _retrained(outcome, situation)
    mails = [outcome.get("mail"), *reading.texts(outcome, "also")]
    asked = [clean(kind, 40).replace("_", " ") for kind in mails if kind]
    if asked:
        queued = ", and queued it" if outcome.get("mail_queued") else ""
        yield f"Asked for a mail ({listed(asked, most=5)}){queued}."
    run = clean(outcome.get("run_id") or "", 64)
    if run:
        yield f"Logged all figures in MLflow, run {run}."


def _read(outcome: Document) -> Iterator[str]:
    start, end = (
        reading.timestamp(outcome, "window_start"),
        reading.timestamp(outcome, "window_end"),
    )
    found = reading.count(outcome, "rows")
    repeats = repeats_of(reading.part(outcome, "observed"))
    seen = found if repeats is None else repeats.rows
    if start and end:
        yield f"Read {rows(seen)} with labels, from {minute(start)} to {minute(end)}."
    elif seen:
        yield f"Read {rows(seen)}."
    if repeats is not None:
        yield sentence(repeats)
    refused = reading.count(outcome, "refused_rows")
    if refused:
        yield f"Set {rows(refused)} aside, whose label is none of the task."
    missed = reading.periods(outcome, "missed_periods")
    held = covered(missed, start)
    if held:
        yield f"Covered months that no run had judged: {listed([*map(str, held)], most=6)}."
    if len(held) < len(missed):
        lost = [str(each) for each in missed if each not in held]
        yield f"Passed over {listed(lost, most=6)}: the champion has learned from its rows since."


def _judged(outcome: Document, situation: Situation) -> Iterator[str]:
    judged, state = version(situation.champion), badge_of(situation.state)
    error = reading.number(outcome, "error")
    if situation.state == "failed":
        yield "Stopped: this could not be judged, and nothing was recorded."
    elif situation.state == "not_due":
        yield "Stopped: the month, or a later one, was judged before."
    elif situation.state == "insufficient":
        yield f"Judged nothing: so few rows say nothing about {judged}."
    elif situation.state and error is None:
        yield f"Judged {judged}: {state}."
    elif situation.state:
        held = reading.interval(outcome)
        bounds = f" (95 %: {interval(held)})" if held else ""
        limit = percent(reading.number(outcome, "threshold"))
        yield f"Judged {judged}: error {percent(error)}{bounds}, limit {limit}, so {state}."


def _retrained(outcome: Document, situation: Situation) -> Iterator[str]:
    retraining = reading.part(outcome, "retraining")
    if not retraining:
        if situation.monthly and situation.state in ("healthy", "suspect", "insufficient"):
            yield "Retrained nothing: only a breach asks for that."
        return
    if not situation.contested:
        yield "Retrained nothing: every held-out row repeats an earlier one."
        return
    learned, held = (reading.count(retraining, f"{part}_rows") for part in ("learned", "holdout"))
    yield (
        f"Trained a challenger on {rows(learned)}, and compared both models on the newest "
        f"{rows(held)}, held out: {percent(reading.number(retraining, 'challenger_error'))} "
        f"against {percent(reading.number(retraining, 'champion_error'))}."
    )
    if situation.promoted:
        yield f"Promoted version {situation.challenger}, which serves from now on."
    elif situation.wins:
        yield "Promoted nothing: this was a trial."
    else:
        yield f"Promoted nothing: {version(situation.champion)} goes on serving."

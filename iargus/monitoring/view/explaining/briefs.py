"""A month in a few words, for tables and lists."""

from __future__ import annotations

from collections.abc import Sequence

from iargus.mailing.outbox import MailStatus
from iargus.monitoring.view.explaining.actions import mail_brief, promoted
from iargus.monitoring.view.explaining.seen import fault_words
from iargus.monitoring.view.explaining.words import listed, span
from iargus.monitoring.view.reading import (
    Document,
    count,
    interval,
    number,
    part,
    parts,
    periods,
    segments,
    text,
    timestamp,
)
from iargus.monitoring.view.wording import percent
from iargus.monitoring.window import covered
from iargus.text import counted


def notes(document: Document, mails: Sequence[MailStatus] = ()) -> list[str]:
    """What stands out in a month, a few words each."""
    drift, serious = drift_brief(document), serious_brief(document)
    found = [
        f"drift in {drift}" if drift else "",
        f"serious: {serious}" if serious else "",
        "estimate over the limit" if _estimate(document).get("warns") else "",
        retrained_brief(document),
        *map(mail_brief, mails),
    ]
    missed = periods(document, "missed_periods")
    held = covered(missed, timestamp(document, "window_start"))
    if held:
        found.append(f"covers {listed([*map(str, held)])} too")
    return [note for note in found if note]


def drift_brief(document: Document) -> str:
    """The columns that drifted; empty when none did."""
    features = parts(part(part(document, "observed"), "drift"), "features")
    return listed([text(each, "feature") for each in features if each.get("drifted")])


def serious_brief(document: Document) -> str:
    """The serious findings; empty when there are none."""
    return listed([fault_words(each) for each in parts(part(document, "observed"), "serious")])


def estimate_brief(document: Document) -> str:
    """The estimate without labels; empty when nothing was estimated."""
    facts = _estimate(document)
    error = number(facts, "error")
    if error is None:
        return ""
    over = ", over the limit" if facts.get("warns") else ""
    rows = counted(count(facts, "rows"), "prediction")
    return f"{percent(error)} ({span(interval(facts))}) on {rows}{over}"


def worst_brief(document: Document) -> str:
    """The worst segment; empty when none has enough rows."""
    worst = segments(part(document, "observed"))
    if not worst:
        return ""
    rows = counted(count(worst[0], "rows"), "row")
    return f"{text(worst[0], 'segment')}: {percent(number(worst[0], 'error'))} on {rows}"


def retrained_brief(document: Document) -> str:
    """What retraining has led to; empty when nothing was fitted."""
    if promoted(document):
        return f"retrained, version {text(document, 'serving_version')} promoted"
    if count(part(document, "retraining"), "holdout_rows"):
        return "retrained, champion stays"
    return ""


def versions_brief(document: Document, *, arrow: str) -> str:
    """`3`, or `3 → 4` after a promotion."""
    champion = text(document, "champion_version")
    return (
        f"{champion} {arrow} {text(document, 'serving_version')}"
        if promoted(document)
        else champion
    )


def _estimate(document: Document) -> Document:
    return part(part(document, "observed"), "estimate")

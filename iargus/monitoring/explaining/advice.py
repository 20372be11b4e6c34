"""What a person can do about a month."""

from __future__ import annotations

from collections.abc import Sequence

from iargus.monitoring.explaining.actions import promoted
from iargus.monitoring.explaining.contest import mended
from iargus.monitoring.explaining.reading import Document, number, part, parts, text
from iargus.monitoring.explaining.rule import says_little
from iargus.monitoring.mail.told import Told
from iargus.monitoring.period import Period
from iargus.monitoring.wording import percent


def advice(document: Document, mails: Sequence[Told] = ()) -> list[str]:
    """The most urgent first; one line that says so when nothing is to be done."""
    observed = part(document, "observed")
    lines = _about_rows(document) if parts(observed, "serious") else []
    lines += _about_model(document)
    if text(document, "status") in ("suspect", "breach") and parts(observed, "segments"):
        lines.append("Look at the rows of the segments where the error is largest.")
    drifted = [each for each in parts(part(observed, "drift"), "features") if each.get("drifted")]
    if drifted:
        lines.append(
            "Ask what changed at the source of the columns named above. If the change is to last, "
            f"a model that has seen it serves better: iargus train {text(document, 'task')}"
        )
    if part(observed, "estimate").get("warns"):
        lines.append("Bring labels of the newest predictions in soon: they prove what it warns of.")
    if any(each.sent_at is None for each in mails):
        lines.append("Send the mails that wait: iargus outbox deliver")
    return lines or ["Nothing: the model is good enough, and nothing else stands out."]


def _about_rows(document: Document) -> list[str]:
    again = f"iargus monitor --task {text(document, 'task')} --force"
    try:
        day = Period.parse(text(document, "period")).end
        again += f" --as-of {day:%Y-%m-%d}"
    except ValueError:  # a month of the record is one; a document by hand may hold anything
        pass
    return [
        "Mend the rows with serious findings first: the error of the month rests on them. Then "
        f"judge it again, which is possible while no later month is recorded: {again}"
    ]


def _about_model(document: Document) -> list[str]:
    task, state = text(document, "task"), text(document, "status")
    if state == "insufficient":
        return [
            "Bring in more labelled rows (iargus import, or feedback on predictions); if so few "
            "are usual, lower monitoring.minimum_rows in config.yml and read the power with care."
        ]
    if state == "suspect":
        return [
            "Wait: months like this one add up, and become a breach together if the model is "
            "really worse."
        ]
    if state == "healthy" and says_little(document):
        return ["Bring in more labelled rows: so few would miss an error a tenth over the limit."]
    if state != "breach":
        return []
    if mended(document):
        if not promoted(document):
            return ["Nothing at once: on the newest rows the champion is within the limit."]
        return [
            "Nothing at once: the new champion is within the limit. To go back to the one before: "
            f"iargus models rollback {task}"
        ]
    return [
        f"Look at the newest labelled rows of {task}: wrong units, placeholders as labels, or a "
        "kind of input that is new.",
        f"If the rows are right, train with more or better data: iargus train {task}, then "
        f"iargus models promote {task} VERSION",
        f"If an error of {percent(number(document, 'threshold'))} can no longer be had, change "
        f"tasks.{task}.threshold in config.yml.",
    ]

"""What the job did about a month."""

from __future__ import annotations

from iargus.monitoring.view.reading import Document, count, part, periods, text, texts, timestamp
from iargus.monitoring.window import covered
from iargus.text import counted


def done(document: Document) -> list[str]:
    """Models first, then rows, then where to look further."""
    lines = [_models(document)]
    missed = texts(document, "missed_periods")
    if missed:
        lines.append(f"No run had judged {', '.join(missed)}{_covering(document)}.")
    refused = count(document, "refused_rows")
    if refused:
        lines.append(f"It set {counted(refused, 'row')} aside, whose label is none of this task.")
    if text(document, "run_id"):
        lines.append(f"All figures are in MLflow, run {text(document, 'run_id')}.")
    if text(document, "report"):
        lines.append(f"It wrote a report: {text(document, 'report')}")
    return lines


def _covering(document: Document) -> str:
    missed = periods(document, "missed_periods")
    start = timestamp(document, "window_start")
    if not covered(missed, start):
        return ", and the champion has learned from its rows since"
    since = "" if start is None or start <= missed[0].start else f" from {start:%Y-%m-%d} on"
    return f"; this one covered the time{since}"


def _models(document: Document) -> str:
    champion, serving = text(document, "champion_version"), text(document, "serving_version")
    retraining = part(document, "retraining")
    challenger = text(retraining, "challenger_version")
    stays = f"version {champion or '?'} stays the champion"
    if promoted(document):
        return f"It promoted version {serving}, which serves instead of version {champion}."
    if challenger:
        return f"It registered version {challenger} as challenger; {stays}."
    if retraining and count(retraining, "holdout_rows"):
        return f"It fitted a challenger; {stays}."
    if retraining:
        return f"It fitted nothing; {stays}."
    if text(document, "status") == "breach":
        return f"It retrained nothing; {stays}."
    return f"It retrained nothing, as only a breach asks for that; {stays}."


def promoted(document: Document) -> bool:
    champion, serving = text(document, "champion_version"), text(document, "serving_version")
    return bool(serving) and serving != champion

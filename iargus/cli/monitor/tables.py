"""A run's result for people: one table and one sentence per task."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from iargus.cli.monitor.screen import plain
from iargus.mailing.message import Delivery
from iargus.mailing.outbox import in_words
from iargus.monitoring.result import JobResult, Status, TaskOutcome
from iargus.monitoring.view.explaining.briefs import (
    drift_brief,
    estimate_brief,
    serious_brief,
    worst_brief,
)
from iargus.monitoring.view.repeats import in_brackets, left_out_of, sentence
from iargus.monitoring.view.wording import METRICS, percent

_STYLES = {
    Status.HEALTHY: "green",
    Status.SUSPECT: "yellow",
    Status.BREACH: "red",
    Status.INSUFFICIENT: "yellow",
    Status.NOT_DUE: "dim",
    Status.FAILED: "bold red",
}


def show(result: JobResult, console: Console) -> None:
    """Print the result."""
    dry = " (dry run: nothing was written)" if result.dry_run else ""
    console.print(f"Monitoring of {result.period}, as of {result.as_of}{dry}")
    for outcome in result.tasks:
        console.print()
        if outcome.status not in (Status.NOT_DUE, Status.FAILED):
            console.print(_table(outcome, console))
        style = _STYLES[outcome.status]
        name = outcome.status.value.replace("_", " ")
        console.print(
            f"[{style}]{outcome.task}: {name}.[/{style}] {escape(outcome.sentence)}",
            highlight=False,
            soft_wrap=True,
        )
        if outcome.mail is not None:
            console.print(_mail_line(outcome, dry_run=result.dry_run), soft_wrap=True)
    if result.delivery is not None:
        _show_delivery(result.delivery, console)


def _table(outcome: TaskOutcome, console: Console) -> Table:
    table = Table(title=f"{outcome.task} {outcome.period}", title_justify="left", show_header=False)
    table.add_column("fact", style="bold")
    table.add_column("value", overflow="fold")
    measure = METRICS.get(outcome.metric, outcome.metric)
    start, end = outcome.window_start, outcome.window_end
    table.add_row("window (UTC)", f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}")
    repeats = None if outcome.observed is None else outcome.observed.repeats
    table.add_row("rows", f"{outcome.rows:,}{in_brackets(left_out_of(repeats))}")
    if outcome.refused_rows:
        table.add_row("set aside", f"{outcome.refused_rows:,} rows with a label that is none")
    table.add_row("measure", measure)
    table.add_row("error", f"{percent(outcome.error)} (limit {percent(outcome.threshold)})")
    if outcome.interval is not None:
        low, high = outcome.interval
        table.add_row("95 % interval", f"{percent(low)} to {percent(high)}")
        table.add_row("power", f"{percent(outcome.power)} for an error a tenth over the limit")
    table.add_row("champion", f"version {outcome.champion_version}")
    retraining = outcome.retraining
    if retraining is not None and retraining.holdout_rows:
        table.add_row("trained on", f"{retraining.learned_rows:,} rows before {retraining.cut}")
        table.add_row(
            "compared on",
            f"{retraining.holdout_rows:,} rows{in_brackets(retraining.repeated_rows)}",
        )
        table.add_row("champion there", percent(retraining.champion_error))
        table.add_row("challenger there", percent(retraining.challenger_error))
        table.add_row("test", f"{retraining.method}: p = {retraining.p_value:.2g}")
        table.add_row("decision", retraining.decision.value)
        table.add_row("serves now", f"version {outcome.serving_version}")
    for fact, value in _observed(outcome):
        if value:
            table.add_row(fact, escape(plain(value, console)))
    return table


def _observed(outcome: TaskOutcome) -> Iterator[tuple[str, str]]:
    """What stands out beside the verdict; nothing where nothing does."""
    observed = outcome.observed
    if observed is not None:
        document = outcome.to_json()
        if observed.drift is not None and observed.drift.reason is not None:
            yield "drift", f"not compared: {observed.drift.reason}"
        elif observed.drift is not None:
            yield "drift", drift_brief(document) or f"none in {observed.drift.compared} columns"
        yield "serious findings", serious_brief(document)
        yield "repeats", "" if observed.repeats is None else sentence(observed.repeats)
        yield "estimate", estimate_brief(document)
        yield "worst segment", worst_brief(document)
    yield "report", outcome.report or ""


def _mail_line(outcome: TaskOutcome, *, dry_run: bool) -> str:
    kind = in_words(outcome.mail or "")
    reasons = ", ".join(map(in_words, outcome.also))
    also = f" Further reasons: {reasons}." if reasons else ""
    if dry_run:
        return f"A mail would be sent: {kind}.{also}"
    if outcome.mail_queued:
        return f"A mail is in the outbox: {kind}.{also}"
    return f"The mail about this month ({kind}) was queued before and is not repeated.{also}"


def _show_delivery(delivery: Delivery, console: Console) -> None:
    if not (delivery.sent or delivery.waiting):
        return
    reason = f" ({delivery.reason})" if delivery.reason else ""
    console.print(
        f"\nMails: {delivery.sent} sent, {delivery.waiting} waiting in the outbox{escape(reason)}.",
        soft_wrap=True,
    )

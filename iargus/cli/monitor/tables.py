"""A run's result for people: one table and one sentence per task."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from iargus.cli.monitor.screen import COLOURS, plain
from iargus.mailing.content import Fact
from iargus.mailing.message import Delivery
from iargus.mailing.outbox import in_words
from iargus.monitoring.view.figures import p_value, percent, rows
from iargus.monitoring.view.month_view import JobResult, MonthView, Status
from iargus.monitoring.view.wording.facts import briefs, facts_of
from iargus.monitoring.view.wording.rows import repeats


def show(result: JobResult, console: Console) -> None:
    """Print the result."""
    dry = " (dry run: nothing was written)" if result.dry_run else ""
    console.print(f"Monitoring of {result.period}, as of {result.as_of}{dry}")
    for view in result.tasks:
        console.print()
        if view.status not in (Status.NOT_DUE, Status.FAILED):
            console.print(_table(view, console))
        style = COLOURS.get(view.status or "", "bold")
        name = str(view.status).replace("_", " ")
        console.print(
            f"[{style}]{view.task}: {name}.[/{style}] {escape(view.sentence)}",
            highlight=False,
            soft_wrap=True,
        )
        if view.mail is not None:
            console.print(_mail_line(view, dry_run=result.dry_run), soft_wrap=True)
    if result.delivery is not None:
        _show_delivery(result.delivery, console)


def _table(view: MonthView, console: Console) -> Table:
    table = Table(title=f"{view.task} {view.period}", title_justify="left", show_header=False)
    table.add_column("fact", style="bold")
    table.add_column("value", overflow="fold")
    for fact in (*facts_of(view), *_further(view)):
        value = f"{fact.value} ({fact.detail})" if fact.detail else fact.value
        table.add_row(fact.name.lower(), escape(plain(value, console)))
    return table


def _further(view: MonthView) -> Iterator[Fact]:
    """How sure the verdict is, the contest, and what stands out beside both."""
    if view.power is not None:
        yield Fact("power", percent(view.power), "for an error a tenth over the limit")
    contest = view.contest
    if contest is not None:
        yield Fact("trained on", rows(contest.learned_rows), f"before {contest.cut}")
        yield Fact("champion there", percent(contest.champion_error))
        yield Fact("challenger there", percent(contest.challenger_error))
        yield Fact(
            "compared on",
            rows(contest.holdout_rows),
            f"{contest.method}: {p_value(contest.p_value)}",
        )
        yield Fact("decision", contest.decision.value)
    observed = view.observed
    if observed is not None and observed.drift is not None and not observed.drift.drifted:
        reason = observed.drift.reason
        none = f"none in {observed.drift.compared} columns"
        yield Fact("drift", f"not compared: {reason}" if reason else none)
    for name, brief in briefs(view).items():
        yield Fact(name, brief)
    if observed is not None and observed.repeats is not None:
        yield Fact("repeats", repeats(observed.repeats))
    if view.report:
        yield Fact("report", view.report)


def _mail_line(view: MonthView, *, dry_run: bool) -> str:
    kind = in_words(view.mail or "")
    reasons = ", ".join(map(in_words, view.also))
    also = f" Further reasons: {reasons}." if reasons else ""
    if dry_run:
        return f"A mail would be sent: {kind}.{also}"
    if view.mail_queued:
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

"""What the job did about a month, in the order in which it did it, and its mails. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iargus.mailing.content import Section
from iargus.mailing.outbox import MailStatus, in_words
from iargus.monitoring.view.figures import interval, minute, percent, rows, version
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.monitoring.view.wording.contest import outcome_of
from iargus.monitoring.view.wording.rows import repeats
from iargus.monitoring.view.wording.sentence import missed
from iargus.monitoring.view.wording.verdict import badge
from iargus.text import counted, listed, printable


def done(view: MonthView) -> Section:
    """One sentence a step; empty for two files, about which no job did anything."""
    sentences = tuple(_done(view)) if view.monthly else ()
    return Section("done", "What the job did", sentences)


def _done(view: MonthView) -> Iterator[str]:
    if view.status is Status.FAILED:
        if view.due is False:
            yield "It left what an earlier run had recorded about this month as it was."
        else:
            yield "It recorded no result for this month. Other tasks are judged all the same."
        yield "No second mail about this month comes while it goes on failing."
        return
    if view.status is Status.NOT_DUE:
        yield "It did nothing: the month, or a later one, was judged before."
        return
    yield from _read(view)
    if view.status is Status.INSUFFICIENT:
        yield f"It judged nothing: so few rows say nothing about {version(view.champion_version)}."
    elif view.status is not None:
        held = "" if view.interval is None else f" (95 %: {interval(view.interval)})"
        yield (
            f"It judged {version(view.champion_version)}: error {percent(view.error)}{held}, limit "
            f"{percent(view.threshold)}, so {badge(view.status)}."
        )
    yield from _models(view)


def _read(view: MonthView) -> Iterator[str]:
    found = None if view.observed is None else view.observed.repeats
    seen = view.rows if found is None else found.rows
    start, end = view.window_start, view.window_end
    times = f", from {minute(start)} to {minute(end)} UTC" if start and end else ""
    yield f"It read {rows(seen)} with labels{times}."
    if found is not None:
        yield repeats(found)
    if view.refused_rows:
        yield f"It set {rows(view.refused_rows)} aside, whose label is none of the task."
    if view.missed_periods:
        yield missed(view.missed_periods, start)


def _models(view: MonthView) -> Iterator[str]:
    stays = f"{version(view.champion_version)} stays the champion"
    if view.promoted and view.contest is None:
        yield f"It promoted {version(view.serves)}, which serves from now on."
    elif view.retraining is None:
        because = "" if view.status is Status.BREACH else ", as only a breach asks for that"
        yield f"It retrained nothing{because}; {stays}."
    elif view.contest is None:
        yield f"It retrained nothing, for there were no rows to compare models on; {stays}."
    else:
        yield (
            f"It trained a challenger on {rows(view.contest.learned_rows)}, and compared both "
            f"models on the newest {rows(view.contest.holdout_rows)}, held out."
        )
        number = view.contest.challenger_version
        new = f", {version(number)}," if number else ""
        if view.promoted:
            yield f"It promoted the challenger{new or ','} which serves from now on."
        elif view.wins:
            yield f"It promoted nothing, for this was a trial; {stays}."
        elif view.contest.refused:
            yield f"It promoted nothing, for the challenger{new} cannot be served; {stays}."
        else:
            outcome = outcome_of(view.contest)
            yield f"It promoted nothing: the challenger{new} {outcome}; {stays}."


def where(view: MonthView) -> Iterator[str]:
    """Where to look further."""
    if view.run_id:
        yield f"All figures are in MLflow, run {printable(view.run_id, 64)}."
    if view.report:
        yield f"The report is {printable(view.report, 300)}"


def asked(view: MonthView) -> str:
    """Which mail was asked for; empty for none."""
    kinds = [in_words(each) for each in (view.mail, *view.also) if each]
    return f"It asked for a mail: {listed(kinds, most=5, longest=40)}." if kinds else ""


def mails(view: MonthView, found: Sequence[MailStatus]) -> Section:
    """One line per mail, then the further reasons.

    Args:
        found: those of the outbox about this task and month.
    """
    lines = [_mail(each) for each in found]
    if not view.mail and not lines:
        lines = ["None was asked for."]
    if view.mail and view.mail not in {each.kind for each in found}:
        lines.append(f"“{in_words(view.mail)}” was asked for; the outbox does not hold it.")
    if view.also:
        lines.append(f"Further reasons for it: {', '.join(map(in_words, view.also))}.")
    return Section("mails", "Mails", tuple(lines))


def mail_brief(mail: MailStatus) -> str:
    """`mail “drift” sent`."""
    return f"mail “{in_words(mail.kind)}” {'waiting' if mail.sent_at is None else 'sent'}"


def _mail(mail: MailStatus) -> str:
    kind = f"“{in_words(mail.kind)}”"
    if mail.sent_at is not None:
        return f"{kind} was sent at {minute(mail.sent_at)} UTC."
    line = f"{kind} waits in the outbox since {minute(mail.created_at)} UTC"
    if mail.attempts:
        line += f", after {counted(mail.attempts, 'attempt')}"
    return f"{line}: {mail.last_error}" if mail.last_error else f"{line}."

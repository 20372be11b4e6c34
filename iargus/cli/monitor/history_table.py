"""The history of a task for people: a table with a chart, and what stood out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from iargus.cli.monitor.chart import Point, Scale, draw
from iargus.cli.monitor.screen import COLOURS, Signs, plain, print_lines, signs
from iargus.mailing.outbox import MailStatus
from iargus.monitoring.period import Period, between
from iargus.monitoring.view.figures import measure, percent
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.monitoring.view.wording.actions import mail_brief
from iargus.monitoring.view.wording.facts import notes

HEADS = ("month", "rows", "error", "95 %\ninterval", "limit", "state", "model")
STATE = HEADS.index("state")  # the chart stands before it
NO_RUN = "no run"
_GAP = 2
_LEAST_CHART, _MOST_CHART = 8, 40
_MOST_GAPS = 3  # months without a run that get a line each


def show_history(
    task: str,
    months: Sequence[MonthView],
    mails: Sequence[MailStatus],
    *,
    due: Period,
    console: Console,
) -> None:
    """Print the months of a task, the oldest first.

    Args:
        mails: those about the task, of any month.
        due: the last month that is over; months after the newest run up to it are gaps.
    """
    metric = measure(months[-1].metric)
    title = f"{task}: {metric}" if metric else task
    console.print(Text(plain(title, console), style="bold"))
    console.print(_table(months, due, signs(console), console))
    lines = _stood_out(months, mails)
    if lines:
        console.print()
        print_lines(console, lines)
    console.print()


def _stood_out(months: Sequence[MonthView], mails: Sequence[MailStatus]) -> list[tuple[str, str]]:
    """By month; one without a run may have a mail that says why."""
    found = {str(month.period): notes(month) for month in months}
    first = min(found)
    for mail in mails:
        if mail.period >= first:
            found.setdefault(mail.period, []).append(mail_brief(mail))
    return [(f"{period} ", "; ".join(words)) for period, words in sorted(found.items()) if words]


def _table(months: Sequence[MonthView], due: Period, drawn: Signs, console: Console) -> Table:
    cells = [_cells(month, drawn.arrow) for month in months]
    points = [point for month in months if (point := _point(month)) is not None]
    width = _chart_width(cells, console.width) if points else 0
    scale = Scale.of(points) if points else None
    gap = _GAP if width else 1  # where there is no room for a chart, every column counts
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="dim")
    table.add_column(HEADS[0], overflow="fold")
    for head in HEADS[1:STATE]:
        table.add_column(head, justify="right", overflow="fold")
    table.add_column(scale.head(width) if scale and width else "", no_wrap=True)
    for head in HEADS[STATE:]:
        table.add_column(head, overflow="fold")
    following = [*(month.period for month in months[1:]), due.next()]
    for month, row, after in zip(months, cells, following, strict=True):
        colour, point = COLOURS.get(month.status or "", ""), _point(month)
        line = draw(point, scale, width, drawn) if point and scale and width else ""
        texts = [Text(plain(cell, console)) for cell in row]
        texts[STATE].stylize(colour)
        table.add_row(*texts[:STATE], Text(line, colour), *texts[STATE:])
        for words in _gaps(month.period, after):
            blank = [Text("")] * STATE
            table.add_row(Text(words, "dim"), *blank, Text(NO_RUN, "dim"))
    return table


def _cells(month: MonthView, arrow: str) -> tuple[str, ...]:
    """One for each of `HEADS`."""
    ends, champion = month.interval, month.champion_version or ""
    return (
        str(month.period),
        f"{month.rows:,}",
        percent(month.error),
        "" if ends is None else f"{ends[0] * 100:.1f}–{ends[1] * 100:.1f}",
        percent(month.threshold),
        month.status or "",
        f"{champion} {arrow} {month.serves}" if month.promoted else champion,
    )


def _point(month: MonthView) -> Point | None:
    """None where there is nothing to draw: the error of a handful of rows says nothing."""
    if month.error is None or month.threshold is None or month.status is Status.INSUFFICIENT:
        return None
    return Point(month.error, month.threshold, month.interval)


def _chart_width(cells: Sequence[tuple[str, ...]], available: int) -> int:
    """What the other columns leave; 0 when that is too little."""
    heads = [max(map(len, head.split("\n"))) for head in HEADS]
    columns = [max(head, *(len(row[place]) for row in cells)) for place, head in enumerate(heads)]
    left = available - sum(columns) - _GAP * (len(columns) + 1)
    return min(left, _MOST_CHART) if left >= _LEAST_CHART else 0


def _gaps(period: Period | None, following: Period | None) -> list[str]:
    months = between(period, following) if period and following else ()
    if len(months) <= _MOST_GAPS:
        return [str(month) for month in months]
    return [str(months[0]), f"{len(months) - 2} more", str(months[-1])]

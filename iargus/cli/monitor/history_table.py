"""The history of a task for people: a table with a chart, and what stood out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from iargus.cli.monitor.chart import Scale, draw
from iargus.cli.monitor.month import HEADS, STATE, Month
from iargus.cli.monitor.screen import COLOURS, Signs, plain, print_lines, signs
from iargus.mailing.outbox import MailStatus
from iargus.monitoring.period import Period, between
from iargus.monitoring.view.explaining.actions import mail_brief
from iargus.monitoring.view.explaining.briefs import notes
from iargus.monitoring.view.reading import Document, text
from iargus.monitoring.view.wording import METRICS

_GAP = 2
_LEAST_CHART, _MOST_CHART = 8, 40
_MOST_GAPS = 3  # months without a run that get a line each
NO_RUN = "no run"


def show_history(
    task: str,
    documents: Sequence[Document],
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
    metric = text(documents[-1], "metric")
    measure = METRICS.get(metric, metric)
    title = f"{task}: {measure}" if measure else task
    console.print(Text(plain(title, console), style="bold"))
    months = [Month(document) for document in documents]
    console.print(_table(months, due, signs(console), console))
    lines = _stood_out(months, mails)
    if lines:
        console.print()
        print_lines(console, lines)
    console.print()


def _stood_out(months: Sequence[Month], mails: Sequence[MailStatus]) -> list[tuple[str, str]]:
    """By month; one without a run may have a mail that says why."""
    told: dict[str, list[MailStatus]] = {}
    for mail in mails:
        if mail.period >= str(months[0].period):
            told.setdefault(mail.period, []).append(mail)
    found = {
        str(month.period): notes(month.document, told.pop(str(month.period), []))
        for month in months
    }
    found |= {period: [mail_brief(each) for each in own] for period, own in told.items()}
    return [(f"{period} ", "; ".join(words)) for period, words in sorted(found.items()) if words]


def _table(months: Sequence[Month], due: Period, drawn: Signs, console: Console) -> Table:
    cells = [month.cells(drawn.arrow) for month in months]
    points = [month.point for month in months if month.point is not None]
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
        colour, point = COLOURS.get(month.state, ""), month.point
        line = draw(point, scale, width, drawn) if point and scale and width else ""
        texts = [Text(plain(cell, console)) for cell in row]
        texts[STATE].stylize(colour)
        table.add_row(*texts[:STATE], Text(line, colour), *texts[STATE:])
        for words in _gaps(month.period, after):
            blank = [Text("")] * STATE
            table.add_row(Text(words, "dim"), *blank, Text(NO_RUN, "dim"))
    return table


def _chart_width(cells: Sequence[tuple[str, ...]], available: int) -> int:
    """What the other columns leave; 0 when that is too little."""
    heads = [max(map(len, head.split("\n"))) for head in HEADS]
    columns = [max(head, *(len(row[place]) for row in cells)) for place, head in enumerate(heads)]
    left = available - sum(columns) - _GAP * (len(columns) + 1)
    return min(left, _MOST_CHART) if left >= _LEAST_CHART else 0


def _gaps(period: Period, following: Period) -> list[str]:
    months = between(period, following)
    if len(months) <= _MOST_GAPS:
        return [str(month) for month in months]
    return [str(months[0]), f"{len(months) - 2} more", str(months[-1])]

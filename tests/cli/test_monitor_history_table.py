"""The table of months: nothing is lost, whatever it is printed on."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from rich.console import Console

from iargus.cli.monitor.chart import Point, Scale, draw
from iargus.cli.monitor.history_table import show_history
from iargus.cli.monitor.screen import ASCII, UNICODE
from iargus.cli.monitor.tables import show
from iargus.mailing.outbox import MailStatus
from iargus.monitoring.period import Period
from iargus.monitoring.view.month_view import JobResult, MonthView, Status
from tests.monitoring.view.explaining.judged_months import (
    BREACH,
    SUSPECT,
    TASK,
    first_version,
    month,
)

FEW: dict[str, Any] = {"status": Status.INSUFFICIENT, "interval": None, "error": 0.9, "rows": 12}
MONTHS = [
    MonthView.from_json(first_version(month("2026-01").to_json())),
    month(
        "2026-04",
        missed_periods=(Period(2026, 2), Period(2026, 3)),
        window_start=Period(2026, 2).start,
        **BREACH,
    ),
    month("2026-05", **SUSPECT, champion_version="4", serving_version="4"),
    month("2026-06", **FEW, champion_version="4", serving_version="4"),
]
MAILS = [
    MailStatus(TASK, "2026-04", "drift", datetime(2026, 5, 1), datetime(2026, 5, 1)),
    MailStatus(TASK, "2026-07", "failed_run", datetime(2026, 8, 1)),
]


def printed(width: int, encoding: str = "utf-8", *, terminal: bool = True) -> str:
    buffer = io.BytesIO()
    file = io.TextIOWrapper(buffer, encoding=encoding, errors="replace")
    console = Console(width=width, file=file, force_terminal=terminal, color_system=None)
    show_history(TASK, MONTHS, MAILS, due=Period(2026, 12), console=console)
    file.flush()
    return buffer.getvalue().decode(encoding)


def lines_of(text: str) -> dict[str, list[str]]:
    """Lines by their first word."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.strip():
            found.setdefault(line.split()[0], []).append(line)
    return found


def test_a_month_a_line_and_gaps_are_seen() -> None:
    lines = lines_of(printed(120))

    for fact in ("2,000", "23.5 %", "22.1–25.0", "20.0 %", "●", "│", "breach", "3 → 4"):
        assert fact in lines["2026-04"][0]
    assert "no run" in lines["2026-02"][0]
    assert "no run" in lines["2026-07"][0]
    assert "4 more" in printed(120)
    assert list(lines).index("2026-01") < list(lines).index("2026-06")


def test_what_stood_out_is_told_below() -> None:
    lines = lines_of(printed(240))

    for note in (
        "drift in mileage, make",
        "serious: unit changed (mileage)",
        "estimate over the limit",
        "retrained, version 4 promoted",
        "mail “drift” sent",
        "covers 2026-02, 2026-03 too",
    ):
        assert note in lines["2026-04"][1]
    assert "mail “failed run” waiting" in lines["2026-07"][1]


@pytest.mark.parametrize("width", [80, 60])
def test_a_narrow_terminal_loses_nothing(width: int) -> None:
    text = printed(width)

    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    if width == 80:
        assert "●" in text
    assert "22.1–25.0" in text
    assert "insufficient" in text


def test_a_pipe_gets_whole_lines_without_colours() -> None:
    text = printed(80, terminal=False)

    assert "\x1b" not in text
    assert any("drift in mileage" in line and "covers" in line for line in text.splitlines())


def test_what_cannot_be_encoded_is_drawn_in_ascii() -> None:
    text = printed(120, "ascii")

    assert "o" in lines_of(text)["2026-04"][0].split("20.0 %")[1]
    assert "3 -> 4" in text
    assert '"drift" sent' in text
    assert "?" not in text


def test_a_chart_shows_the_interval_against_the_limit() -> None:
    scale = Scale(0.10, 0.30)

    assert draw(Point(0.15, 0.2, (0.13, 0.17)), scale, 21, UNICODE) == "   ──●──  │          "
    assert draw(Point(0.21, 0.2, (0.19, 0.23)), scale, 21, ASCII) == "         -|o--       "
    assert scale.head(21) == "10 %             30 %"


def test_a_wild_month_does_not_squash_the_others() -> None:
    wild, calm = Point(9.0, 0.2, (5.0, 14.0)), Point(0.19, 0.2)
    scale = Scale.of([wild, calm])

    assert scale == Scale(0.19, 0.5)
    assert draw(wild, scale, 10, UNICODE)[-1] == "▶"


def test_a_single_month_at_the_limit_can_be_drawn() -> None:
    point = Point(0.2, 0.2)
    assert "●" in draw(point, Scale.of([point]), 8, UNICODE)


def test_the_table_after_a_run_tells_what_stands_out() -> None:
    outcome = month(
        **BREACH, mail="breach_not_mended", also=("drift",), mail_queued=True, report="/r/a.html"
    )
    console = Console(width=160, file=io.StringIO())
    show(JobResult(datetime(2026, 5, 1).date(), Period(2026, 4), False, (outcome,)), console)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()

    assert "mileage, make" in text
    assert "unit changed (mileage)" in text
    assert "26.0 % (23.0 % to 29.0 %) on 1,400 predictions, over the limit" in text
    assert "make=ford: 34.2 % on 312 rows" in text
    assert "Further reasons: drift." in text
    assert "/r/a.html" in text

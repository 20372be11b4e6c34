"""`iargus monitor explain`: one month, for people, programs and browsers."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from iargus.cli.monitor.explain import show_sections
from iargus.mailing.content import Section
from iargus.mailing.message import Mail
from iargus.monitoring.job.records import MonitoringRecords
from iargus.monitoring.period import Period
from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.migrate import upgrade
from tests.cli.conftest import Run
from tests.monitoring.view.explaining.judged_months import (
    BREACH,
    TASK,
    first_version,
    month,
    recorded,
)

FIRST = month("2026-01")
LAST = month("2026-04", missed_periods=(Period(2026, 2), Period(2026, 3)), **BREACH)


@pytest.fixture
def months(run: Run, tmp_path: Path) -> None:
    """January, recorded by the first version of IArgus, and April."""
    settings = Settings(Environment(var_dir=tmp_path / "var"), Policy())
    database = Database.connect(LABELLED, settings)
    upgrade(database)
    records = MonitoringRecords(database)
    mail = Mail("<1@x>", "s", "t", "h", None, TASK, "2026-04", "drift")
    records.write(recorded(FIRST, first_version(FIRST.to_json())), None)
    records.write(recorded(LAST), mail)


@pytest.mark.usefixtures("months")
def test_everything_about_a_month(run: Run) -> None:
    outcome = run("monitor", "explain", TASK, "2026-04")

    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith("car_price 2026-04: breach\n")
    for words in (
        "The sentence of 2026-04.",
        "Why it is a breach",
        "    - mileage: moved by 0.31 standard deviations",
        "The challenger is better",
        "“drift” waits in the outbox",
        "What you can do",
    ):
        assert words in outcome.out
    assert "\x1b" not in outcome.out


@pytest.mark.usefixtures("months")
def test_the_last_month_and_an_old_record(run: Run) -> None:
    assert run("monitor", "explain", TASK, "last").out == (
        run("monitor", "explain", TASK, "2026-04").out
    )
    old = run("monitor", "explain", TASK, "2026-01")
    assert old.status == 0
    assert "The sentence of 2026-01." in old.out


@pytest.mark.usefixtures("months")
def test_json_is_the_document(run: Run) -> None:
    outcome = run("monitor", "explain", TASK, "2026-04", "--json")
    assert json.loads(outcome.out) == LAST.to_json()


@pytest.mark.usefixtures("months")
def test_the_report_as_a_page(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    outcome = run("monitor", "explain", TASK, "2026-04", "--html", file)

    assert (outcome.status, outcome.out) == (0, f"written to {file}\n")
    page = file.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "2026-04" in page
    assert run("monitor", "explain", TASK, "last", "--html", "-").out == page
    assert run("monitor", "explain", TASK, "2026-01", "--html", file).status == 0
    assert file.read_text(encoding="utf-8") != page


@pytest.mark.usefixtures("months")
@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ((TASK, "2025-12"), 1, "2025-12 of car_price was not judged; there are 2026-04, 2026-01"),
        ((TASK, "2026-03"), 1, "the run of 2026-04 covered it"),
        (("intent", "last"), 1, "no month of intent was judged yet"),
        ((TASK, "2026-13"), 2, "there is no month 2026-13"),
        ((TASK, "october"), 2, "is no month such as"),
        ((TASK,), 2, "Missing argument"),
        (("nobody", "last"), 2, "there are car_price, intent"),
        ((TASK, "last", "--json", "--html", "x"), 2, "either --json or --html"),
        ((TASK, "last", "--html", "/no/such/folder/x.html"), 1, "cannot write /no/such/folder"),
    ],
)
def test_what_is_wrong_is_said(
    run: Run, arguments: tuple[str, ...], status: int, message: str
) -> None:
    outcome = run("monitor", "explain", *arguments)

    assert (outcome.status, outcome.out) == (status, "")
    assert message in " ".join(outcome.err.split())
    assert "Traceback" not in outcome.err


def printed(line: str, encoding: str = "utf-8", *, terminal: bool) -> str:
    buffer = io.BytesIO()
    file = io.TextIOWrapper(buffer, encoding=encoding, errors="replace")
    console = Console(width=40, file=file, force_terminal=terminal, color_system=None)
    show_sections("t: breach", "breach", [Section("", "Why", (line,))], [], console)
    file.flush()
    return buffer.getvalue().decode(encoding)


def test_lines_are_folded_at_words_on_a_terminal_and_whole_in_a_pipe() -> None:
    line = "a sentence that is rather longer than forty characters"

    assert printed(line, terminal=False).endswith(f"  - {line}\n")
    folded = printed(line, terminal=True).splitlines()[-2:]
    assert [each.strip() for each in folded] == [
        "- a sentence that is rather longer",
        "than forty characters",
    ]
    assert folded[1].startswith("    than")


def test_a_name_from_the_data_does_not_steer_the_terminal() -> None:
    text = printed("make=\x1b[2J[red]x[/red]:smile:\n", terminal=True)

    assert "\x1b" not in text
    assert "[red]x[/red]:smile:" in text


def test_what_cannot_be_encoded_is_no_error() -> None:
    assert '"drift" - caf? 3 -> 4' in printed("“drift” – café 3 → 4", "ascii", terminal=False)

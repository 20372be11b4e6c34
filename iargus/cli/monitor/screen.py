"""What a terminal or pipe can show: signs, words and JSON that always get through."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from iargus.cli.console import output

COLOURS = {
    "healthy": "green",
    "suspect": "yellow",
    "breach": "red",
    "insufficient": "yellow",
    "not_due": "dim",
    "failed": "bold red",
}
_PLAIN = str.maketrans({"–": "-", "−": "-", "→": "->", "“": '"', "”": '"', "…": "~", "’": "'"})


@dataclass(frozen=True)
class Signs:
    """What a chart is drawn with."""

    error: str
    interval: str
    limit: str
    beyond: str
    arrow: str


UNICODE = Signs("●", "─", "│", "▶", "→")
ASCII = Signs("o", "-", "|", ">", "->")


def screen() -> Console:
    """The console of stdout, on which no character is an error: what the encoding lacks becomes a
    question mark, instead of an end in the middle of a table."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    return output()


def signs(console: Console) -> Signs:
    """Those that the console can show."""
    return UNICODE if _can_show("".join(vars(UNICODE).values()), console.encoding) else ASCII


def plain(words: str, console: Console) -> str:
    """Words as the console can show them, on one line. Names of categories come from anywhere:
    what would steer the terminal is taken out."""
    printable = "".join(sign if sign.isprintable() else " " for sign in words)
    if _can_show(printable, console.encoding):
        return printable
    return printable.translate(_PLAIN)


def print_lines(console: Console, lines: list[tuple[str, str]], *, indent: int = 0) -> None:
    """Each line behind its mark: folded at words on a terminal, in one piece elsewhere."""
    marked = [(plain(mark, console), plain(line, console)) for mark, line in lines]
    if not console.is_terminal:
        for mark, line in marked:
            console.print(Text(f"{' ' * indent}{mark} {line}"), soft_wrap=True)
        return
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for mark, line in marked:
        grid.add_row(Text(f"{' ' * indent}{mark}"), Text(line))
    console.print(grid)


def print_json(document: Any) -> None:
    """JSON that a reader gets whole, whatever the encoding."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    typer.echo(json.dumps(document, indent=2, ensure_ascii=not utf8))


def _can_show(words: str, encoding: str) -> bool:
    try:
        words.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True

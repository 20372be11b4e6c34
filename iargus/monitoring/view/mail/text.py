"""Words and links for mails, from what data and servers say. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from iargus.monitoring.period import Period
from iargus.monitoring.result import TaskOutcome
from iargus.monitoring.stats.drift.compare import Change, ChangeType
from iargus.monitoring.view.wording import percent
from iargus.settings import Settings

_CUT = "…"
_JOINER = "\u200d"  # holds the parts of one emoji together


def printable(text: object, most: int) -> str:
    """One line of at most `most` characters, and twice as many bytes, cut between words where
    there are any.

    Without control characters, line breaks of any script, halves of surrogate pairs (no mail and no
    database takes them) and signs that turn the direction of what follows.
    """
    # A little more than is shown is enough: a value may be megabytes long.
    start = str(text)[: 4 * most]
    line = " ".join("".join(_visible(char) for char in start).split())
    if len(line) <= most and len(line.encode()) <= 2 * most:
        return line
    room = line[:most].encode()[: 2 * most - len(_CUT.encode())].decode(errors="ignore")
    whole, _, _ = room.rpartition(" ")
    return (whole if len(whole) > most // 2 else room[: most - 1]).rstrip(" ,;:(") + _CUT


def _visible(char: str) -> str:
    if char == _JOINER or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return char
    return " "


def listed(names: Iterable[object], *, most: int, chars: int) -> str:
    """`a, b, c and 4 more`."""
    every = list(names)
    shown = ", ".join(printable(name, chars) for name in every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most:,} more"


def months(periods: Sequence[Period]) -> str:
    if len(periods) <= 3:
        return ", ".join(map(str, periods))
    return f"{len(periods)} months from {periods[0]} to {periods[-1]}"


def size(what: ChangeType, amount: float) -> str:
    """An effect in its unit."""
    if what in (ChangeType.DISTRIBUTION, ChangeType.LENGTH):
        return f"{amount:.2f} σ"
    return f"{percent(amount)} of the {'texts' if what is ChangeType.WORDS else 'rows'}"


def change_size(change: Change) -> str:
    """How large a change is, such as `0.42 σ`."""
    return size(change.what, change.effect)


_MAX_CHARS = 300


@dataclass(frozen=True)
class Links:
    """`report` is a file on the machine of the run; `server` an address for a browser, None where
    the registry is embedded."""

    report: str | None
    run_id: str | None
    server: str | None


def links_of(outcome: TaskOutcome, settings: Settings) -> Links:
    return Links(
        report=None if outcome.report is None else printable(outcome.report, _MAX_CHARS),
        run_id=None if outcome.run_id is None else printable(outcome.run_id, 64),
        server=address(settings.mlflow_uri),
    )


def address(uri: str) -> str | None:
    """The address of a server without what a mail must not hold: user, password, parameters."""
    try:
        parts = urlsplit(uri)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return None
    return printable(urlunsplit((parts.scheme, host + port, parts.path, "", "")), _MAX_CHARS)

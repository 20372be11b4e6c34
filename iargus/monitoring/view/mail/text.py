"""Words and links for mails, from what data and servers say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iargus.mailing.content import Links, web_address
from iargus.monitoring.period import Period
from iargus.monitoring.result import TaskOutcome
from iargus.monitoring.stats.drift.compare import Change, ChangeType
from iargus.monitoring.view.wording import percent
from iargus.settings import Settings
from iargus.text import printable


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


def links_of(outcome: TaskOutcome, settings: Settings) -> Links:
    return Links(
        report=None if outcome.report is None else printable(outcome.report, _MAX_CHARS),
        run_id=None if outcome.run_id is None else printable(outcome.run_id, 64),
        server=web_address(settings.mlflow_uri),
    )

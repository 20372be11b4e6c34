"""Which faults were in force when: what the rules look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.chaos.history import Event, History, Window

# How soon everything is as before, once a database is back; and how late a thread may be that
# shares a busy machine.
RECOVERY_S = 3.0
SLACK_S = 1.0


@dataclass(frozen=True)
class Promises:
    """The figures of the settings that the rules need, in seconds; the last is no setting."""

    revocation_refresh_s: float = 1.0
    flush_interval_s: float = 0.2
    answer_timeout_s: float = 0.15
    retry_s: float = 0.5


def answered(history: History, *routes: str) -> Iterator[Event]:
    for event in history.events:
        if event.status is not None and (not routes or event.route in routes):
            yield event


def of_database(window: Window) -> bool:
    return window.is_database


def breaking(window: Window) -> bool:
    return window.breaks_connections


def near(history: History, event: Event, which: Callable[[Window], bool], after_s: float) -> bool:
    """Whether such a fault was in force during the request, or ended `after_s` before it."""
    return any(
        window.began_s <= event.ended_s and event.began_s <= window.ended_s + after_s
        for window in history.windows
        if which(window)
    )


def healthy_for(
    history: History, from_s: float, wanted_s: float, which: Callable[[Window], bool]
) -> float:
    """When, after `from_s`, no such fault had disturbed for `wanted_s`."""
    until_s = from_s + wanted_s
    for window in sorted(history.windows, key=lambda found: found.began_s):
        if which(window) and window.began_s < until_s and from_s <= window.ended_s + RECOVERY_S:
            until_s = max(until_s, window.ended_s + RECOVERY_S + wanted_s)
    return until_s

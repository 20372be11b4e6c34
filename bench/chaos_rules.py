"""The promises, each as a rule over a history that gives the events that break it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.chaos_history import Event, History, Window

GATED = ("/predict", "/intent", "/feedback")
NEED_DATABASE = ("/get_token", "/revoke_token", "/feedback")
WANTED_LABEL = {"expired": "TOKEN_EXPIRED", "forged": "TOKEN_INVALID", "missing": "TOKEN_MISSING"}
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


@dataclass(frozen=True)
class Broken:
    """One promise that was not kept."""

    rule: str
    what: str


Rule = Callable[[History, Promises], Iterator[str]]


def broken(history: History, promises: Promises) -> list[Broken]:
    """Everything in the history that the service had promised not to do."""
    return [Broken(rule.__name__, what) for rule in RULES for what in rule(history, promises)]


def no_answer_without_a_valid_token(history: History, _: Promises) -> Iterator[str]:
    """Expired, forged and missing tokens are answered 401, each with its own label."""
    for event in _answered(history, *GATED):
        kind = history.tokens[event.token].kind
        if kind != "valid" and (event.status, event.label) != (401, WANTED_LABEL[kind]):
            yield f"a token that is {kind}: {event}"


def no_answer_after_a_revocation(history: History, promises: Promises) -> Iterator[str]:
    """A revoked token ends at once where it was revoked, elsewhere within the declared time."""
    for end in _answered(history, "/revoke_token"):
        if end.status != 200:
            continue
        known_s = _healthy_for(
            history, end.ended_s, promises.revocation_refresh_s + SLACK_S, _of_database
        )
        for event in _answered(history, *GATED):
            if event.token != end.token or event.status == 401 or event.began_s < end.ended_s:
                continue
            # A 503 lets nobody in.
            if event.status == 503:
                continue
            if event.connection is not None and event.connection == end.connection:
                yield f"revoked on this connection by {end.number}: {event}"
            elif event.began_s > known_s:
                yield f"revoked by {end.number} at {end.ended_s:.3f}: {event}"


def no_false_401(history: History, _: Promises) -> Iterator[str]:
    """A token that nobody tried to revoke is never refused."""
    tried: dict[str, float] = {}
    for event in history.events:
        if event.route == "/revoke_token":
            tried[event.token] = min(event.began_s, tried.get(event.token, event.began_s))
    for event in _answered(history, *GATED, "/revoke_token"):
        if event.status != 401 or history.tokens[event.token].kind != "valid":
            continue
        if event.ended_s < tried.get(event.token, float("inf")):
            yield str(event)
        elif event.route == "/revoke_token":
            yield f"revoking is never refused to a holder: {event}"


def no_undeclared_status(history: History, promises: Promises) -> Iterator[str]:
    """503 where the database is needed and away, or was late; 404 for a prediction that waits to
    be recorded; otherwise what the route is for."""
    late = late_answers(history, promises)
    for event in _answered(history):
        good = 202 if event.route == "/feedback" else 200
        if event.status in (good, 401):
            continue
        away = _near(history, event, _of_database, RECOVERY_S)
        if event.status == 503 and event.route in NEED_DATABASE and (away or event in late):
            continue
        # What a killed worker had not written yet is gone.
        unwritten = away or _near(history, event, _breaking, RECOVERY_S)
        if event.status == 404 and event.route == "/feedback" and unwritten:
            continue
        yield str(event)


def late_answers(history: History, promises: Promises) -> set[Event]:
    """503 without a fault of ours, for the database took longer than `answer_timeout_s` on this
    busy machine; or a moment after several such."""
    refused = [event for event in _answered(history, *NEED_DATABASE) if event.status == 503]
    late = [
        event for event in refused if event.ended_s - event.began_s >= promises.answer_timeout_s
    ]
    return {
        event
        for event in refused
        if any(
            one is event or one.ended_s <= event.ended_s <= one.ended_s + promises.retry_s + SLACK_S
            for one in late
        )
    }


def connections_break_only_by_name(history: History, _: Promises) -> Iterator[str]:
    """No answer at all is only for whoever had asked a worker that was killed or reloaded."""
    for event in history.events:
        if event.error and not _near(history, event, _breaking, SLACK_S):
            yield str(event)


def every_503_says_when_to_come_back(history: History, _: Promises) -> Iterator[str]:
    for event in _answered(history):
        if event.status == 503 and not event.retry_after.isdigit():
            yield str(event)


def nothing_recorded_that_was_not_asked(history: History, _: Promises) -> Iterator[str]:
    """A row belongs to an answered request, or to one whose answer a named fault has cut; and
    each request has one row."""
    asked = {event.number: event for event in history.events}
    for row in history.rows:
        event = asked.get(row.number)
        if event is None:
            yield f"nobody asked: {row}"
        elif not event.error and event.prediction_id != row.prediction_id:
            yield f"another was answered: {row}, {event}"
    for number, times in Counter(row.number for row in history.rows).items():
        if times > 1:
            yield f"request {number} is recorded {times} times"


def every_answer_is_recorded(history: History, promises: Promises) -> Iterator[str]:
    """Once the database is back; only what waited in a worker that ended meanwhile is lost."""
    recorded = {row.prediction_id for row in history.rows}
    ends = [window for window in history.windows if window.breaks_connections]
    for event in _answered(history, "/predict", "/intent"):
        if event.status != 200 or event.prediction_id in recorded:
            continue
        written_s = _healthy_for(
            history, event.ended_s, promises.flush_interval_s + SLACK_S, _of_database
        )
        # A reload writes what waits, if the database is there; a kill does not.
        if not any(
            event.began_s <= window.ended_s
            and window.began_s <= written_s
            and (window.fault == "worker killed" or written_s > event.ended_s + 2 * SLACK_S)
            for window in ends
        ):
            yield str(event)


def no_traceback_in_the_log(history: History, _: Promises) -> Iterator[str]:
    place = history.log.find("Traceback (most recent call last)")
    if place >= 0:
        yield history.log[max(0, place - 300) : place + 3000]


RULES: tuple[Rule, ...] = (
    no_answer_without_a_valid_token,
    no_answer_after_a_revocation,
    no_false_401,
    no_undeclared_status,
    connections_break_only_by_name,
    every_503_says_when_to_come_back,
    nothing_recorded_that_was_not_asked,
    every_answer_is_recorded,
    no_traceback_in_the_log,
)


def _answered(history: History, *routes: str) -> Iterator[Event]:
    for event in history.events:
        if event.status is not None and (not routes or event.route in routes):
            yield event


def _of_database(window: Window) -> bool:
    return window.is_database


def _breaking(window: Window) -> bool:
    return window.breaks_connections


def _near(history: History, event: Event, which: Callable[[Window], bool], after_s: float) -> bool:
    """Whether such a fault was in force during the request, or ended `after_s` before it."""
    return any(
        window.began_s <= event.ended_s and event.began_s <= window.ended_s + after_s
        for window in history.windows
        if which(window)
    )


def _healthy_for(
    history: History, from_s: float, wanted_s: float, which: Callable[[Window], bool]
) -> float:
    """When, after `from_s`, no such fault had disturbed for `wanted_s`."""
    until_s = from_s + wanted_s
    for window in sorted(history.windows, key=lambda found: found.began_s):
        if which(window) and window.began_s < until_s and from_s <= window.ended_s + RECOVERY_S:
            until_s = max(until_s, window.ended_s + RECOVERY_S + wanted_s)
    return until_s

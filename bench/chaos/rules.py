"""The promises, each as a rule over a history that gives the events that break it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.chaos.history import Event, History
from bench.chaos.token_rules import (
    no_answer_after_a_revocation,
    no_answer_without_a_valid_token,
    no_false_401,
)
from bench.chaos.windows import (
    RECOVERY_S,
    SLACK_S,
    Promises,
    answered,
    breaking,
    healthy_for,
    near,
    of_database,
)

NEED_DATABASE = ("/get_token", "/revoke_token", "/feedback")


@dataclass(frozen=True)
class Broken:
    """One promise that was not kept."""

    rule: str
    what: str


Rule = Callable[[History, Promises], Iterator[str]]


def broken(history: History, promises: Promises) -> list[Broken]:
    """Everything in the history that the service had promised not to do."""
    return [Broken(rule.__name__, what) for rule in RULES for what in rule(history, promises)]


def no_undeclared_status(history: History, promises: Promises) -> Iterator[str]:
    """503 where the database is needed and away, or was late; 404 for a prediction that waits to
    be recorded; otherwise what the route is for."""
    late = late_answers(history, promises)
    for event in answered(history):
        good = 202 if event.route == "/feedback" else 200
        if event.status in (good, 401):
            continue
        away = near(history, event, of_database, RECOVERY_S)
        if event.status == 503 and event.route in NEED_DATABASE and (away or event in late):
            continue
        # What a killed worker had not written yet is gone.
        unwritten = away or near(history, event, breaking, RECOVERY_S)
        if event.status == 404 and event.route == "/feedback" and unwritten:
            continue
        yield str(event)


def late_answers(history: History, promises: Promises) -> set[Event]:
    """503 without a fault of ours, for the database took longer than `answer_timeout_s` on this
    busy machine; or a moment after several such."""
    refused = [event for event in answered(history, *NEED_DATABASE) if event.status == 503]
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
        if event.error and not near(history, event, breaking, SLACK_S):
            yield str(event)


def every_503_says_when_to_come_back(history: History, _: Promises) -> Iterator[str]:
    for event in answered(history):
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
    for event in answered(history, "/predict", "/intent"):
        if event.status != 200 or event.prediction_id in recorded:
            continue
        written_s = healthy_for(
            history, event.ended_s, promises.flush_interval_s + SLACK_S, of_database
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

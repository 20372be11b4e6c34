"""The checker of `bench/chaos` sees every promise that is broken, and no other; and the
schedules run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from bench.chaos.command import run_schedule
from bench.chaos.history import Event, History, Kind, Row, Window
from bench.chaos.rules import broken
from bench.chaos.schedule import plan
from bench.chaos.windows import Promises
from bench.chaos.world import ChaosWorld
from tests.outages.world import world
from tests.test_end_to_end import prepared_var

__all__ = ["prepared_var"]

GOOD = Event(1, "/predict", "valid-0", 10.0, 10.1, 5000, 200, prediction_id="p1")
REFUSED = Event(
    2, "/get_token", "valid-0", 20.0, 20.01, 5000, 503, "DATABASE_UNAVAILABLE", retry_after="5"
)
REVOKED = Event(3, "/revoke_token", "valid-0", 30.0, 30.1, 5000, 200)
CUT = Event(4, "/predict", "valid-0", 40.0, 40.1, error="ReadError")
OUTAGE = Window("database killed", 19.0, 21.0)
KILLED = Window("worker killed", 39.9, 41.0)


def history(*events: Event, windows: tuple[Window, ...] = (), rows: bool = True) -> History:
    made = History()
    kinds: tuple[Kind, ...] = ("valid", "expired", "forged", "missing")
    for kind in kinds:
        made.token("", kind)
    made.events.extend(events)
    made.windows.extend(windows)
    if rows:
        made.rows = [
            Row(event.prediction_id, event.number) for event in events if event.prediction_id
        ]
    return made


def rules(found: History) -> set[str]:
    return {one.rule for one in broken(found, Promises())}


def test_a_history_of_kept_promises_breaks_none() -> None:
    revoked = replace(GOOD, number=5, status=401, label="TOKEN_REVOKED", prediction_id="")
    kept = history(
        GOOD,
        replace(
            GOOD, number=6, token="expired-1", status=401, label="TOKEN_EXPIRED", prediction_id=""
        ),
        REFUSED,
        REVOKED,
        replace(revoked, began_s=31.0, ended_s=31.1),
        CUT,
        windows=(OUTAGE, KILLED),
    )
    assert rules(kept) == set()


@pytest.mark.parametrize("token", ["expired-1", "forged-2", "missing-3"])
def test_an_answer_without_a_valid_token(token: str) -> None:
    assert rules(history(replace(GOOD, token=token))) == {"no_answer_without_a_valid_token"}


def test_a_bad_token_that_is_called_by_another_name() -> None:
    wrong = replace(GOOD, token="expired-1", status=401, label="TOKEN_INVALID", prediction_id="")
    assert rules(history(wrong)) == {"no_answer_without_a_valid_token"}


@pytest.mark.parametrize(
    ("after_s", "connection", "windows", "breaks"),
    [
        (0.2, 5000, (), True),  # on the worker that revoked it
        (0.5, 6000, (), False),  # on another, which has not read it yet
        (5.0, 6000, (), True),
        (5.0, 6000, (Window("database frozen", 30.5, 36.0),), False),
        (12.0, 6000, (Window("database frozen", 30.5, 36.0),), True),
    ],
)
def test_an_answer_after_a_revocation(
    after_s: float, connection: int, windows: tuple[Window, ...], breaks: bool
) -> None:
    began_s = REVOKED.ended_s + after_s
    late = replace(GOOD, began_s=began_s, ended_s=began_s + 0.1, connection=connection)
    found = rules(history(REVOKED, late, windows=windows))
    assert found == ({"no_answer_after_a_revocation"} if breaks else set())


def test_a_false_401() -> None:
    refused = replace(GOOD, status=401, label="TOKEN_REVOKED", prediction_id="")
    assert rules(history(refused)) == {"no_false_401"}
    assert rules(history(replace(REVOKED, status=401))) == {"no_false_401"}
    # Whoever has asked for a revocation, and was told to come back, may find it done.
    asked = replace(REVOKED, began_s=9.0, ended_s=9.1, status=503, retry_after="5")
    assert rules(history(asked, refused, windows=(Window("database slow", 8.0, 9.5),))) == set()


@pytest.mark.parametrize("status", [500, 502, 503, 504, 404])
def test_an_undeclared_status(status: int) -> None:
    """A prediction needs no database, so an outage excuses nothing."""
    bad = replace(GOOD, status=status, prediction_id="", retry_after="5")
    assert rules(history(bad)) == {"no_undeclared_status"}
    outage = Window("database killed", 9.0, 11.0)
    assert rules(history(bad, windows=(outage,))) == {"no_undeclared_status"}


def test_a_503_where_the_database_was_there() -> None:
    assert rules(history(REFUSED)) == {"no_undeclared_status"}
    assert rules(history(REFUSED, windows=(Window("registry frozen", 19.0, 21.0),)))
    # It was late, which is declared, and then it was known to be.
    late = replace(REFUSED, began_s=19.8, ended_s=20.0)
    assert rules(history(late, REFUSED)) == set()


def test_a_connection_that_breaks_without_a_named_fault() -> None:
    assert rules(history(CUT)) == {"connections_break_only_by_name"}
    assert rules(history(CUT, windows=(OUTAGE,))) == {"connections_break_only_by_name"}


def test_a_503_that_does_not_say_when_to_come_back() -> None:
    bare = replace(REFUSED, retry_after="")
    assert rules(history(bare, windows=(OUTAGE,))) == {"every_503_says_when_to_come_back"}


def test_rows_that_belong_to_nothing() -> None:
    rule = {"nothing_recorded_that_was_not_asked"}
    unasked = history(GOOD)
    unasked.rows.append(Row("p9", 9))
    assert rules(unasked) == rule
    other = history(GOOD)
    other.rows.append(Row("p9", GOOD.number))
    assert rules(other) == rule
    twice = history(CUT, windows=(KILLED,))
    twice.rows = [Row("a", CUT.number), Row("b", CUT.number)]
    assert rules(twice) == rule
    # The answer was cut, so nobody knows its number.
    once = history(CUT, windows=(KILLED,))
    once.rows = [Row("a", CUT.number)]
    assert rules(once) == set()


@pytest.mark.parametrize(
    ("windows", "breaks"),
    [
        ((), True),
        ((Window("worker killed", 10.2, 11.0),), False),
        ((Window("worker killed", 60.0, 61.0),), True),
        ((Window("reload", 10.2, 11.0),), True),  # it writes what waits
        ((Window("database killed", 9.0, 12.0), Window("reload", 10.2, 11.0)), False),
        ((Window("database killed", 9.0, 12.0),), True),
    ],
)
def test_an_answer_that_is_not_recorded(windows: tuple[Window, ...], breaks: bool) -> None:
    found = rules(history(GOOD, windows=windows, rows=False))
    assert found == ({"every_answer_is_recorded"} if breaks else set())


def test_a_traceback_in_the_log() -> None:
    found = history(GOOD)
    found.log = "ERROR x: y\nTraceback (most recent call last):\n"
    assert rules(found) == {"no_traceback_in_the_log"}


def test_a_schedule_is_the_same_every_time() -> None:
    assert plan(1, 37, 6.0) == plan(1, 37, 6.0)
    # A few are without any fault, and all others differ.
    assert len({tuple(plan(1, number, 6.0)) for number in range(50)}) > 45
    for number in range(50):
        own = [fault for fault in plan(1, number, 6.0) if fault.fault.startswith("database")]
        for one, after in pairwise(own):
            assert one.at_s + one.for_s <= after.at_s


@pytest.fixture(scope="module")
def chaos(prepared_var: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChaosWorld]:
    """The service and its database; without a registry, whose faults are left out."""
    folder = tmp_path_factory.mktemp("chaos")
    shutil.copytree(prepared_var, folder / "var")
    with world(folder, folder / "var", policy={}) as service:
        yield ChaosWorld(service)


@pytest.mark.parametrize("number", [2, 3])
def test_short_schedules(chaos: ChaosWorld, number: int) -> None:
    faults = [
        fault
        for fault in plan(1, number, 2.5)
        if not fault.fault.startswith("registry") and fault.fault != "promotion"
    ]
    assert faults
    found = run_schedule(chaos, faults, seed=f"1-{number}", seconds=2.5)
    assert found.events
    assert broken(found, Promises()) == []

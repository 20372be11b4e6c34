"""Work has an end in time, threads do not pile up, and a server that is back is noticed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from iargus.deadline import ThreadedDeadlineRunner
from iargus.errors import CircuitOpen, DatabaseUnavailable, SchemaMissing


class Seconds:
    """A monotonic clock that moves only when told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Silent:
    """Work that begins, and ends when it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = 0

    def __call__(self) -> str:
        self.begun += 1
        assert self.go.wait(30)
        return "late"


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def silent() -> Iterator[Silent]:
    work = Silent()
    yield work
    work.go.set()


@pytest.fixture
def deadline(seconds: Seconds) -> Iterator[ThreadedDeadlineRunner]:
    made = ThreadedDeadlineRunner("it", timeout_s=0.05, lanes=2, failures=2, monotonic_s=seconds)
    yield made
    made.close()


def patient(deadline: ThreadedDeadlineRunner) -> ThreadedDeadlineRunner:
    """The same, where it is not time that shall run out."""
    deadline._timeout_s = 30.0
    return deadline


def refuse() -> None:
    raise DatabaseUnavailable("refused")


def test_gives_the_result_and_the_errors_of_the_work(deadline: ThreadedDeadlineRunner) -> None:
    patient(deadline)
    assert deadline(lambda: 7) == 7
    for error in (SchemaMissing("no table"), ValueError("a bug"), TimeoutError("its own")):

        def fail(error: Exception = error) -> None:
            raise error

        with pytest.raises(type(error)):
            deadline(fail)
    assert not deadline._circuit.is_open


def test_gives_up_and_never_has_more_threads_than_lanes(
    deadline: ThreadedDeadlineRunner, silent: Silent, seconds: Seconds
) -> None:
    before = threading.active_count()
    for _ in range(20):
        with pytest.raises(DatabaseUnavailable, match="it did not answer"):
            deadline(silent)
        seconds.now_s += 1
    assert threading.active_count() <= before + 2
    silent.go.set()
    # What had waited for a lane was taken back.
    assert patient(deadline)(lambda: "now") == "now"
    assert silent.begun == 2


def test_one_failure_refuses_nobody_else(deadline: ThreadedDeadlineRunner) -> None:
    patient(deadline)
    with pytest.raises(DatabaseUnavailable):
        deadline(refuse)
    assert not deadline._circuit.is_open
    assert deadline(lambda: 7) == 7
    with pytest.raises(DatabaseUnavailable):
        deadline(refuse)
    assert not deadline._circuit.is_open, "it is failures in a row that count"


def test_while_it_is_away_one_request_tries_and_the_others_fail_at_once(
    deadline: ThreadedDeadlineRunner, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    patient(deadline)
    tried = []

    def fail() -> None:
        tried.append(seconds.now_s)
        refuse()

    caplog.set_level(logging.INFO)
    for _ in range(5):
        with pytest.raises(DatabaseUnavailable):
            deadline(fail)
    assert deadline._circuit.is_open
    assert len(tried) == 2
    seconds.now_s += 0.6
    for _ in range(5):
        with pytest.raises(CircuitOpen):
            deadline(fail)
    assert len(tried) == 3
    assert caplog.text.count("answered with 503: refused") == 1
    seconds.now_s += 0.6
    assert deadline(lambda: 7) == 7
    assert deadline(lambda: 8) == 8
    assert caplog.text.count("it answers again") == 1


def test_others_do_not_wait_for_the_one_that_tries(
    deadline: ThreadedDeadlineRunner, seconds: Seconds, silent: Silent
) -> None:
    patient(deadline)
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable):
            deadline(refuse)
    seconds.now_s += 0.6
    tries = threading.Thread(target=deadline, args=(silent,))
    tries.start()
    while not silent.begun:
        threading.Event().wait(0.005)
    with pytest.raises(CircuitOpen, match="recently"):
        deadline(lambda: 7)
    silent.go.set()
    tries.join(30)
    assert deadline(lambda: 7) == 7

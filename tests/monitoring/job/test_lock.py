"""One run at a time, on SQLite and on MariaDB."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select, update

from iargus.clock import to_naive_utc, utc_now
from iargus.errors import RunLocked
from iargus.monitoring.job.execution import JudgementExecutor
from iargus.monitoring.job.retraining import Contest
from iargus.settings import Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.locks import MONITORING, JobLock, is_dead, own_holder
from iargus.storage.schema import job_lock
from tests.monitoring.conftest import World
from tests.toy_tasks import rent_rows

HERE = own_holder().rpartition(":")[0]
ELSEWHERE = "another-host:17"


@pytest.fixture
def database(any_database_settings: Settings) -> Iterator[Database]:
    database = Database.connect(LABELLED, any_database_settings)
    yield database
    database.dispose()


class Clock:
    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now


def lock(database: Database, holder: str, clock: Clock | None = None) -> JobLock:
    return JobLock(database, MONITORING, clock=clock or Clock(), timeout_s=3600, holder=holder)


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_second_is_told_who_holds_it(database: Database) -> None:
    first, second = lock(database, ELSEWHERE), lock(database, own_holder())
    with first.held():
        with pytest.raises(RunLocked, match=f"{ELSEWHERE} holds the lock monitoring since"):
            second._take()
        first.renew()
    with second.held():
        second.renew()


def test_it_is_released_when_the_run_fails(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), lock(database, ELSEWHERE).held():
        raise ZeroDivisionError
    with lock(database, own_holder()).held():
        pass


def test_a_silent_lock_is_taken_over_and_the_silent_one_is_told(database: Database) -> None:
    clock = Clock()
    silent, eager = lock(database, ELSEWHERE, clock), lock(database, own_holder(), clock)
    with silent.held():
        clock.now += timedelta(seconds=3599)
        with pytest.raises(RunLocked):
            eager._take()
        clock.now += timedelta(seconds=1)
        with eager.held():
            with pytest.raises(RunLocked, match="has lost the lock"):
                silent.renew()
            silent._release()
            eager.renew()


def test_renewing_keeps_it(database: Database) -> None:
    clock = Clock()
    busy, eager = lock(database, ELSEWHERE, clock), lock(database, own_holder(), clock)
    with busy.held():
        clock.now += timedelta(seconds=3000)
        busy.renew()
        clock.now += timedelta(seconds=3000)
        with pytest.raises(RunLocked):
            eager._take()


def test_the_lock_of_a_dead_process_of_this_host_is_taken_over_at_once(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    left = f"{HERE}:{dead_process()}"
    lock(database, left)._take()
    with lock(database, own_holder()).held():
        assert f"{left} is taken over: its process has ended" in caplog.text


def test_a_dead_lock_that_nobody_wants_is_forgotten(database: Database) -> None:
    lock(database, f"{HERE}:{dead_process()}")._take()
    lock(database, own_holder()).forget_dead()
    living = lock(database, ELSEWHERE)
    living._take()
    lock(database, own_holder()).forget_dead()
    living.renew()


def test_of_many_at_once_one_gets_it(database: Database) -> None:
    everybody = 6
    barrier = Barrier(everybody)

    def try_it(number: int) -> bool:
        barrier.wait()
        try:
            lock(database, f"host-{number}:1")._take()
        except RunLocked:
            return False
        return True

    with ThreadPoolExecutor(everybody) as pool:
        assert sum(pool.map(try_it, range(everybody))) == 1


def test_of_many_that_take_over_one_gets_it(database: Database) -> None:
    lock(database, f"{HERE}:{dead_process()}")._take()
    test_of_many_at_once_one_gets_it(database)


def test_who_is_dead() -> None:
    now = to_naive_utc(datetime.now(UTC))
    assert not is_dead(own_holder(), now)
    assert not is_dead(ELSEWHERE, now - timedelta(days=900))
    assert not is_dead(f"{HERE}:nonsense", now)
    assert not is_dead(f"{HERE}:0", now)
    assert is_dead(f"{HERE}:{dead_process()}", now)


def test_a_process_of_another_container_of_this_name_may_be_alive() -> None:
    now, name = to_naive_utc(datetime.now(UTC)), HERE.partition("~")[0]
    assert not is_dead(f"{name}~00000000:{dead_process()}", now)
    assert not is_dead(f"{name}-2:{dead_process()}", now)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs proc(5)")
def test_a_holder_names_its_place() -> None:
    name, _, place = HERE.partition("~")
    assert name == socket.gethostname()
    assert len(place) == 8


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs proc(5)")
def test_a_zombie_is_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read()  # to the end of the process, which nobody has waited for yet
        deadline = time.monotonic() + 10
        while not is_dead(f"{HERE}:{process.pid}", to_naive_utc(utc_now())):
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs proc(5)")
def test_a_number_that_was_given_out_again_is_dead() -> None:
    before_this_process = to_naive_utc(datetime.now(UTC)) - timedelta(days=900)
    assert is_dead(own_holder(), before_this_process)


def test_a_run_that_finds_the_lock_taken_does_nothing(world: World) -> None:
    with lock(world.database, ELSEWHERE).held(), pytest.raises(RunLocked, match=ELSEWHERE):
        world.run()
    assert world.records.newest(world.rent.name) is None
    assert world.run().exit_code == 0


def test_a_run_that_has_lost_the_lock_stops_before_its_next_step(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add(world.rent, rent_rows(600, seed=1, scale=1.6), month="2026-02")
    original = JudgementExecutor.register

    def register(self: JudgementExecutor, contest: Contest) -> str | None:
        version = original(self, contest)
        with world.database.transaction() as connection:
            connection.execute(update(job_lock).values(holder=ELSEWHERE))
        return version

    monkeypatch.setattr(JudgementExecutor, "register", register)
    with pytest.raises(RunLocked, match="has lost the lock"):
        world.run()
    assert world.alias(world.rent, "champion") == "1"
    assert world.records.newest(world.rent.name) is None


def leases(world: World, *, dry_run: bool) -> list[float | None]:
    """At each step that a run reports, how many seconds ago its lease was renewed; None where it
    has none. Ten minutes pass between two steps."""
    clock, found = Clock(), []

    def report(_text: str) -> None:
        with world.database.transaction() as connection:
            taken_at = connection.execute(select(job_lock.c.taken_at)).scalar()
        now = to_naive_utc(clock.now)
        found.append(None if taken_at is None else (now - taken_at).total_seconds())
        clock.now += timedelta(minutes=10)

    world.run(clock=clock, progress=report, dry_run=dry_run)
    return found


def test_a_lease_is_renewed_before_each_step_is_reported(world: World) -> None:
    world.add(world.rent, rent_rows(60, seed=1), month="2026-02")
    found = leases(world, dry_run=False)
    assert len(found) > 4
    assert set(found) == {0.0}


def test_a_dry_run_takes_no_lease(world: World) -> None:
    assert set(leases(world, dry_run=True)) == {None}

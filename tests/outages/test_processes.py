"""A worker is killed; the service is stopped under load."""

from __future__ import annotations

import os
import signal
import socket
import threading

import httpx2
import pytest

from tests.outages.user import User
from tests.outages.world import World


def test_a_killed_worker_is_replaced_and_nothing_is_recorded_twice(
    service: World, user: User
) -> None:
    """The others serve meanwhile; only connections of the killed one may break."""
    stopped, statuses, broken = threading.Event(), set[int](), list[str]()

    def ask() -> None:
        while not stopped.is_set():
            try:
                statuses.add(user.predict().status_code)
            except httpx2.HTTPError as error:
                broken.append(type(error).__name__)

    before = set(service.workers())
    asking = threading.Thread(target=ask)
    asking.start()

    def replaced() -> bool:
        new = set(service.workers()) - before
        log = service.log()
        return any(f"[{pid}] [INFO] Application startup complete" in log for pid in new)

    try:
        os.kill(min(before), signal.SIGKILL)
        service.server.wait_for(replaced, "a new worker accepts")
    finally:
        stopped.set()
        asking.join()
    assert statuses == {200}
    assert len(broken) <= 1, "at most what it was answering"
    counted = service.rows(
        "SELECT COUNT(*), COUNT(DISTINCT prediction_id) FROM iargus_api.predictions"
    )
    assert counted[0][0] == counted[0][1]


def test_a_stop_under_load_answers_what_it_has_accepted(service: World, user: User) -> None:
    """Then nobody listens, the status is 0, and what was answered is recorded."""
    stopped, statuses = threading.Event(), list[int]()
    refused = threading.Event()

    def ask() -> None:
        while not stopped.is_set():
            try:
                statuses.append(user.predict().status_code)
            except httpx2.ConnectError:
                refused.set()
                return
            except (httpx2.ReadError, httpx2.RemoteProtocolError):
                # Connected to the listening socket, and accepted by no worker any more.
                continue

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    try:
        service.server.wait_for(lambda: len(statuses) > 40, "there is load")
        assert service.server.stop() == 0
        assert refused.wait(10)
    finally:
        stopped.set()
        for thread in asking:
            thread.join()
    assert set(statuses) == {200}
    rows = service.rows("SELECT prediction_id FROM iargus_api.predictions")
    assert set(user.answered) <= {number for (number,) in rows}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", service.server.port), timeout=5)
    service.server.start()

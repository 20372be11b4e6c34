"""What can happen to a database: each begins with a call and ends with `end`."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable
from typing import Any

import mysql.connector

from tests.services.fault_proxy import NORMAL, Fault, FaultProxy
from tests.services.mariadb import PASSWORD, MariaDB

SLOW_S = 0.5
MOST_CONNECTIONS = 10
NAMES = (
    "killed",
    "frozen",
    "refused",
    "reset",
    "slow",
    "out_of_connections",
    "half_open",
    "restarted",
)


class DatabaseFaults:
    """A MariaDB server and the proxy before it; at most one fault at a time."""

    def __init__(self, server: MariaDB, proxy: FaultProxy) -> None:
        self.server = server
        self.proxy = proxy
        self._undo: Callable[[], None] | None = None
        self._with_lock: list[Any] = []

    def begin(self, name: str) -> None:
        """Begin the fault `name` of `NAMES`; it is in force when this returns."""
        assert self._undo is None, "one fault at a time"
        self._undo = getattr(self, f"_{name}")()

    def end(self) -> None:
        """End the fault; when this returns, the database can be used again."""
        undo, self._undo = self._undo, None
        if undo is not None:
            undo()

    def _killed(self) -> Callable[[], None]:
        self.server.kill()
        return self.server.start

    def _restarted(self) -> Callable[[], None]:
        self.server.stop()
        return self.server.start

    def _frozen(self) -> Callable[[], None]:
        self.server.signal(signal.SIGSTOP)
        return lambda: self.server.signal(signal.SIGCONT)

    def _refused(self) -> Callable[[], None]:
        return self._network(Fault.refused())

    def _reset(self) -> Callable[[], None]:
        return self._network(Fault.reset())

    def _slow(self) -> Callable[[], None]:
        return self._network(Fault.delayed(SLOW_S))

    def _half_open(self) -> Callable[[], None]:
        return self._network(Fault.half_open())

    def _network(self, fault: Fault) -> Callable[[], None]:
        self.proxy.set(fault)
        return lambda: self.proxy.set(NORMAL)

    def _out_of_connections(self) -> Callable[[], None]:
        ((before,),) = self.server.run("SELECT @@GLOBAL.max_connections")
        self._hold()
        self._say(f"SET GLOBAL max_connections = {MOST_CONNECTIONS}")
        # First the server is filled, then the service's own connections are ended: they cannot
        # come back, for their places are taken at once.
        self._hold_all()
        while found := self._say(
            "SELECT id FROM information_schema.processlist WHERE user = 'web' "
            "AND command <> 'Killed'"
        ):
            for (pid,) in found:
                with contextlib.suppress(mysql.connector.Error):
                    self._say(f"KILL {pid}")
                self._hold_all()

        def undo() -> None:
            self._say(f"SET GLOBAL max_connections = {before}")
            for connection in self._with_lock:
                connection.close()
            self._with_lock.clear()

        return undo

    def _hold_all(self) -> None:
        with contextlib.suppress(mysql.connector.Error):
            while True:
                self._hold()

    def _hold(self) -> None:
        self._with_lock.append(
            mysql.connector.connect(
                host="127.0.0.1",
                port=self.server.port,
                user="root",
                password=PASSWORD,
                use_pure=True,
                connection_timeout=5,
            )
        )

    def _say(self, statement: str) -> list[tuple[Any, ...]]:
        cursor = self._with_lock[0].cursor()
        cursor.execute(statement)
        rows = list(cursor.fetchall()) if cursor.description else []
        cursor.close()
        return rows

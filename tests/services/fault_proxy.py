"""A proxy before a server that can be told to fail: it delays, resets, falls silent, refuses.

    with FaultProxy(("127.0.0.1", 3306)) as proxy:
        connect(port=proxy.port)
        proxy.set(Fault.frozen())
        proxy.set(NORMAL)

Faults meet the connections that exist as well as new ones. The proxy runs in a thread of its own.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.services.fault_link import Address, Link
from tests.services.faults import NORMAL, Fault

__all__ = ["NORMAL", "Address", "Fault", "FaultProxy"]


class FaultProxy:
    """Listens on a free port of 127.0.0.1, or at the path `listen`, and passes on to `target`."""

    def __init__(self, target: Address, *, listen: Path | None = None) -> None:
        self.target = target
        self.fault = NORMAL
        self.port = 0
        self._listen = listen
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._links: dict[asyncio.Task[None], Link] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> Self:
        """Begin to pass on."""
        self._thread.start()
        self._do(self._open())
        return self

    def set(self, fault: Fault) -> None:
        """Begin this fault, for every connection; returns when it is in force."""
        self._do(self._set(fault))

    def stop(self) -> None:
        """End all connections and the thread."""
        self._do(self._set(Fault.refused()))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self) -> None:
        if self._listen is None:
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
            self.port = self._listener.getsockname()[1]
        else:
            self._listen.unlink(missing_ok=True)
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(self._listen))
            self._listener.listen(512)
        self._listener.setblocking(False)
        self._accepting = self._loop.create_task(self._accept(self._listener))

    async def _close(self) -> None:
        assert self._listener is not None
        assert self._accepting is not None
        self._accepting.cancel()
        await asyncio.wait([self._accepting])
        self._listener.close()
        self._listener = None

    async def _set(self, fault: Fault) -> None:
        self.fault = fault
        if fault.kind == "refused" and self._listener is not None:
            await self._close()
        elif fault.kind != "refused" and self._listener is None:
            await self._open()
        for task, link in self._links.items():
            if fault.kind in ("reset", "refused"):
                link.will_reset()
                task.cancel()
            elif fault.kind == "half_open":
                link.lost.update(fault.directions)
            link.changed.set()
            link.changed = asyncio.Event()
        if self._links and fault.kind in ("reset", "refused"):
            await asyncio.wait(list(self._links))

    async def _accept(self, listener: socket.socket) -> None:
        while True:
            client, _ = await self._loop.sock_accept(listener)
            link = Link(client, self.target, lambda: self.fault)
            task = self._loop.create_task(link.serve())
            self._links[task] = link
            task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        # Here, for a task that is cancelled before it begins closes nothing.
        self._links.pop(task).close()

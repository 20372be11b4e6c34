"""A proxy before a server that can be told to fail: it delays, resets, falls silent, refuses.

    with FaultProxy(("127.0.0.1", 3306)) as proxy:
        connect(port=proxy.port)
        proxy.set(Fault.frozen())
        proxy.set(NORMAL)

Faults meet the connections that exist as well as new ones. The proxy runs in a thread of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

Address = tuple[str, int] | Path
Direction = Literal["to_server", "to_client"]
BOTH: tuple[Direction, ...] = ("to_server", "to_client")
CHUNK_BYTES = 65_536


@dataclass(frozen=True)
class Fault:
    """What the proxy does; made by the class methods, `NORMAL` is none."""

    kind: Literal["normal", "reset", "half_open", "frozen", "refused"] = "normal"
    directions: tuple[Direction, ...] = BOTH
    delay_s: float = 0.0
    bytes_per_s: float | None = None

    @classmethod
    def delayed(cls, delay_s: float, *directions: Direction) -> Fault:
        """Everything that passes waits first; by default what the server says: its answers."""
        return cls(delay_s=delay_s, directions=directions or ("to_client",))

    @classmethod
    def throttled(cls, bytes_per_s: float) -> Fault:
        """So many bytes a second in each direction of each connection."""
        return cls(bytes_per_s=bytes_per_s)

    @classmethod
    def reset(cls) -> Fault:
        """Connections end with RST; new ones are accepted and end so too."""
        return cls("reset")

    @classmethod
    def half_open(cls, *directions: Direction) -> Fault:
        """What is sent is lost: connections stay open for ever, also after the fault, and new
        ones are accepted and never answered. With `directions`, only that way is lost."""
        return cls("half_open", directions or BOTH)

    @classmethod
    def frozen(cls) -> Fault:
        """Nothing is read or passed on; when the fault ends, everything that waited goes on."""
        return cls("frozen")

    @classmethod
    def refused(cls) -> Fault:
        """Nobody listens; existing connections end with RST."""
        return cls("refused")


NORMAL = Fault()


class FaultProxy:
    """Listens on a free port of 127.0.0.1, or at the path `listen`, and passes on to `target`."""

    def __init__(self, target: Address, *, listen: Path | None = None) -> None:
        self.target = target
        self.fault = NORMAL
        self.port = 0
        self._listen = listen
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._links: dict[asyncio.Task[None], _Link] = {}
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

    def _do(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)  # type: ignore[arg-type]

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
            link = _Link(self, client)
            task = self._loop.create_task(link.serve())
            self._links[task] = link
            task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        # Here, for a task that is cancelled before it begins closes nothing.
        self._links.pop(task).close()


class _Link:
    """One client's connection and the one to the server that belongs to it."""

    def __init__(self, proxy: FaultProxy, client: socket.socket) -> None:
        self.lost: set[Direction] = set()
        self.changed = asyncio.Event()
        self._proxy = proxy
        self._client = client
        self._server: socket.socket | None = None

    def will_reset(self) -> None:
        """Let both connections end with RST when they are closed: a linger of 0 seconds."""
        for end in filter(None, (self._client, self._server)):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def close(self) -> None:
        for end in filter(None, (self._client, self._server)):
            with contextlib.suppress(OSError):
                end.close()

    async def serve(self) -> None:
        """Pass on in both directions until one side ends."""
        loop = asyncio.get_running_loop()
        self._client.setblocking(False)
        fault = self._proxy.fault
        if fault.kind == "reset":
            self.will_reset()
            return
        if fault.kind == "half_open":
            self.lost.update(fault.directions)
        family = socket.AF_UNIX if isinstance(self._proxy.target, Path) else socket.AF_INET
        target = self._proxy.target
        pumps: list[asyncio.Task[None]] = []
        try:
            self._server = socket.socket(family)
            self._server.setblocking(False)
            await self._flows("to_server")
            place = str(target) if isinstance(target, Path) else target
            await loop.sock_connect(self._server, place)
            pumps = [
                loop.create_task(self._pump(self._client, self._server, "to_server")),
                loop.create_task(self._pump(self._server, self._client, "to_client")),
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        except OSError:
            # The server is gone: the client sees what it would see of it.
            self.will_reset()
        finally:
            for pump in pumps:
                pump.cancel()
            if pumps:
                await asyncio.wait(pumps)

    async def _pump(self, source: socket.socket, sink: socket.socket, way: Direction) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                await self._flows(way)
                data = await loop.sock_recv(source, CHUNK_BYTES)
                if not data:
                    return
                await self._flows(way)
                if way in self.lost:
                    continue
                fault = self._proxy.fault
                if way in fault.directions and fault.delay_s:
                    await asyncio.sleep(fault.delay_s)
                await self._send(sink, data, fault.bytes_per_s)
        except OSError:
            return

    async def _send(self, sink: socket.socket, data: bytes, bytes_per_s: float | None) -> None:
        loop = asyncio.get_running_loop()
        if bytes_per_s is None:
            await loop.sock_sendall(sink, data)
            return
        step = max(1, int(bytes_per_s / 20))
        for start in range(0, len(data), step):
            part = data[start : start + step]
            await asyncio.sleep(len(part) / bytes_per_s)
            await loop.sock_sendall(sink, part)

    async def _flows(self, way: Direction) -> None:
        while self._proxy.fault.kind == "frozen" and way in self._proxy.fault.directions:
            await self.changed.wait()

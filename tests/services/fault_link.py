"""One connection through the fault proxy: two sockets and what passes between them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from pathlib import Path

from tests.services.faults import Direction, Fault

Address = tuple[str, int] | Path
CHUNK_BYTES = 65_536


class Link:
    """One client's connection and the one to the server that belongs to it."""

    def __init__(self, client: socket.socket, target: Address, fault: Callable[[], Fault]) -> None:
        self.lost: set[Direction] = set()
        self.changed = asyncio.Event()
        self._client = client
        self._target = target
        self._fault = fault
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
        fault = self._fault()
        if fault.kind == "reset":
            self.will_reset()
            return
        if fault.kind == "half_open":
            self.lost.update(fault.directions)
        family = socket.AF_UNIX if isinstance(self._target, Path) else socket.AF_INET
        target = self._target
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
                fault = self._fault()
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
        while self._fault().kind == "frozen" and way in self._fault().directions:
            await self.changed.wait()

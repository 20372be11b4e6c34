"""Every fault is what its name says, for connections that exist and for new ones."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.fault_proxy import NORMAL, Address, Fault, FaultProxy


def _serve(listener: socket.socket) -> None:
    def echo(client: socket.socket) -> None:
        with client:
            try:
                while data := client.recv(65_536):
                    client.sendall(data)
            except OSError:
                return

    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=echo, args=(client,), daemon=True).start()


@pytest.fixture(params=["tcp", "unix"])
def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FaultProxy]:
    """A proxy before a server that says what it hears."""
    target: Address
    if request.param == "tcp":
        listener = socket.create_server(("127.0.0.1", 0))
        target, listen = listener.getsockname(), None
    else:
        listener = socket.socket(socket.AF_UNIX)
        target, listen = tmp_path / "server", tmp_path / "proxy"
        listener.bind(str(target))
        listener.listen()
    threading.Thread(target=_serve, args=(listener,), daemon=True).start()
    with FaultProxy(target, listen=listen) as started:
        yield started
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def connect(proxy: FaultProxy) -> socket.socket:
    if proxy._listen is not None:
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(5)
        try:
            client.connect(str(proxy._listen))
        except OSError:
            client.close()
            raise
        return client
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def ask(client: socket.socket, text: bytes = b"hello") -> bytes:
    client.sendall(text)
    answer = b""
    while len(answer) < len(text):
        part = client.recv(65_536)
        if not part:
            break
        answer += part
    return answer


def is_silent(client: socket.socket, for_s: float = 0.2) -> bool:
    client.sendall(b"hello")
    client.settimeout(for_s)
    try:
        client.recv(100)
    except TimeoutError:
        return True
    finally:
        client.settimeout(5)
    return False


def is_reset(client: socket.socket) -> bool:
    try:
        for _ in range(100):
            ask(client)
    except (ConnectionResetError, BrokenPipeError):
        return True
    return False


def test_passes_on_what_is_said(proxy: FaultProxy) -> None:
    with connect(proxy) as one, connect(proxy) as other:
        assert ask(one, b"x" * 300_000) == b"x" * 300_000
        assert ask(other) == b"hello"


def test_delays_answers(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        assert ask(client) == b"hello"
        proxy.set(Fault.delayed(0.2))
        began = time.monotonic()
        assert ask(client) == b"hello"
        assert time.monotonic() - began >= 0.2


def test_throttles(proxy: FaultProxy) -> None:
    proxy.set(Fault.throttled(100_000))
    with connect(proxy) as client:
        began = time.monotonic()
        ask(client, b"x" * 20_000)
        assert time.monotonic() - began >= 0.2


def test_resets_what_exists_and_what_comes(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        assert ask(client) == b"hello"
        proxy.set(Fault.reset())
        assert is_reset(client)
        try:
            new = connect(proxy)
        except ConnectionResetError:
            # It was quicker than the end of the call.
            pass
        else:
            with new:
                assert is_reset(new)
    proxy.set(NORMAL)
    with connect(proxy) as client:
        assert ask(client) == b"hello"


def test_half_open_connections_stay_dead_after_the_fault(proxy: FaultProxy) -> None:
    with connect(proxy) as old:
        assert ask(old) == b"hello"
        proxy.set(Fault.half_open())
        with connect(proxy) as new:
            assert is_silent(old)
            assert is_silent(new)
            proxy.set(NORMAL)
            assert is_silent(old)
            assert is_silent(new)
    with connect(proxy) as client:
        assert ask(client) == b"hello"


def test_one_way_may_be_lost(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        assert ask(client) == b"hello"
        proxy.set(Fault.half_open("to_client"))
        assert is_silent(client)


def test_frozen_connections_go_on_after_the_fault(proxy: FaultProxy) -> None:
    with connect(proxy) as old:
        assert ask(old) == b"hello"
        proxy.set(Fault.frozen())
        with connect(proxy) as new:
            assert is_silent(old)
            assert is_silent(new)
            proxy.set(NORMAL)
            assert old.recv(100) == b"hello"
            assert new.recv(100) == b"hello"


def test_refuses(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        assert ask(client) == b"hello"
        proxy.set(Fault.refused())
        assert is_reset(client)
        with pytest.raises(ConnectionRefusedError):
            connect(proxy)
    proxy.set(NORMAL)
    with connect(proxy) as client:
        assert ask(client) == b"hello"

"""Two hosts on one machine: network namespaces joined by a bridge, each with its own address."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

BRIDGE, GATEWAY = "iargusbr0", "10.77.31.1"


@dataclass(frozen=True)
class Host:
    """A namespace, or this machine itself where `namespace` is None."""

    address: str
    namespace: str | None = None

    def command(self, *words: str) -> list[str]:
        """The same command, run on this host."""
        if self.namespace is None:
            return list(words)
        return ["ip", "netns", "exec", self.namespace, *words]


@contextmanager
def hosts() -> Iterator[tuple[str, list[Host]]]:
    """Give the address at which servers of this machine are reached, and two hosts. Where no
    namespace can be made, says so, and both are this machine."""
    try:
        made = _make()
    except (OSError, subprocess.CalledProcessError) as error:
        _remove()
        why = error.stderr if isinstance(error, subprocess.CalledProcessError) else error
        print(f"no network namespaces here ({str(why).strip()}): both hosts are this one")
        yield "127.0.0.1", [Host("127.0.0.1"), Host("127.0.0.1")]
        return
    try:
        yield GATEWAY, made
    finally:
        _remove()


def _make() -> list[Host]:
    if shutil.which("ip") is None:
        raise OSError("the program ip of iproute2 is missing")
    _ip("link", "add", BRIDGE, "type", "bridge")
    _ip("addr", "add", f"{GATEWAY}/24", "dev", BRIDGE)
    _ip("link", "set", BRIDGE, "up")
    found = []
    for number in (2, 3):
        name, outside, inside = _names(number)
        address = f"10.77.31.{number}"
        _ip("netns", "add", name)
        _ip("link", "add", outside, "type", "veth", "peer", "name", inside)
        _ip("link", "set", outside, "master", BRIDGE, "up")
        _ip("link", "set", inside, "netns", name)
        _ip("-n", name, "addr", "add", f"{address}/24", "dev", inside)
        _ip("-n", name, "link", "set", inside, "up")
        _ip("-n", name, "link", "set", "lo", "up")
        found.append(Host(address, name))
    return found


def _remove() -> None:
    for number in (2, 3):
        name, outside, _ = _names(number)
        for words in (("link", "del", outside), ("netns", "del", name)):
            subprocess.run(["ip", *words], capture_output=True, check=False)
    subprocess.run(["ip", "link", "del", BRIDGE], capture_output=True, check=False)


def _names(number: int) -> tuple[str, str, str]:
    tag = f"{os.getpid() % 100_000}{number}"
    return f"iargus{tag}", f"iarg{tag}o", f"iarg{tag}i"


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)

"""Who holds a lock: a process on a host, and whether it can still be at work."""

from __future__ import annotations

import hashlib
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

_CLOCKS_DIFFER = timedelta(seconds=5)
_ENDED = ("Z", "X")  # a zombie, which its parent has not noticed yet, and one that is going


def own_holder() -> str:
    """This process as `host:pid`, or `host~place:pid` where the system tells its place.

    The place is the machine's present run and the process's own numbering (pid_namespaces(7)):
    two containers of one name, or two machines, may both have a process 1.
    """
    place = _place()
    host = socket.gethostname()[:200]
    return f"{host}~{place}:{os.getpid()}" if place else f"{host}:{os.getpid()}"


def is_dead(holder: str, taken_at: datetime) -> bool:
    """Whether `holder` was a process of this very host that has certainly ended.

    A process id may have been given out again since (in a container it nearly always is): the
    holder is dead too when the process that has its number now began after the lock was taken,
    or has ended and only waits to be noticed. Of other hosts nothing is known: False.

    Args:
        taken_at: UTC without a zone.
    """
    host, _, number = holder.rpartition(":")
    if host != own_holder().rpartition(":")[0] or not number.isdecimal() or int(number) < 1:
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        pass
    state, began = _state(int(number))
    return state in _ENDED or (began is not None and began > taken_at + _CLOCKS_DIFFER)


def _place() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        numbering = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return ""
    return hashlib.sha256(f"{boot}{numbering}".encode()).hexdigest()[:8]


def _state(pid: int) -> tuple[str, datetime | None]:
    """The state of a process as a letter, and when it began, UTC without a zone; nothing where
    the system does not tell (proc(5))."""
    try:
        # The second field is the program's name in brackets and may hold blanks; field 3 is the
        # state, field 22 counts ticks since the machine was started.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        status = Path("/proc/stat").read_text()
        booted = next(int(line.split()[1]) for line in status.splitlines() if "btime" in line)
        seconds = booted + int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return fields[0], datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (OSError, ValueError, IndexError, StopIteration):
        return "", None

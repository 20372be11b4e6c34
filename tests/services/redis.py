"""A real redis-server on a socket of its own, which may be frozen, killed and started again."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from pathlib import Path

START_TIMEOUT_S = 20.0


class Redis:
    """`redis-server` without a port and without a file to save to: it begins empty each time."""

    def __init__(self, program: Path, folder: Path) -> None:
        self._program = program
        self.socket = folder / "redis.sock"
        self._log = folder / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self, *options: str) -> None:
        """Start it with further options, and wait until it answers."""
        self.socket.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(str(self._program), "--port", "0", "--unixsocket", str(self.socket)),
                    *("--save", "", "--appendonly", "no", *options),
                ],
                stdout=log,
                stderr=log,
            )
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline_s:
                self.kill()
                raise RuntimeError(f"redis-server did not start:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.01)

    def command(self, *words: str) -> bytes:
        """Send one command over a connection of its own, and give the answer as it comes."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(self.socket))
            client.sendall((" ".join(words) + "\r\n").encode())
            return client.recv(65_536)

    def freeze(self) -> None:
        """It goes on accepting connections, and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once; also a frozen one."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _answers(self) -> bool:
        try:
            return self.command("PING").startswith((b"+PONG", b"-ERR max", b"-NOAUTH"))
        except OSError:
            return False

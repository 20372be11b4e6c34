"""Ends the first start around its effects on the disk, starts again, and looks at what is there.

    python -m bench.crash --first-start [--points N]

By ^C and by `kill -9`, alone and below make, in turn. After each of them the next start has to
serve: databases, registry and champion whole.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.ports import free_port

INJECTED = Path(__file__).with_name("injected")
ROOT = Path(__file__).parents[2]
KINDS = [
    (signal.SIGINT, True),
    (signal.SIGKILL, False),
    (signal.SIGINT, False),
    (signal.SIGKILL, True),
]
START_TIMEOUT_S = 300.0


@dataclass(frozen=True)
class Start:
    """A first start that was ended before effect `number`, and what the next one came to."""

    number: int
    effect: str
    how: str
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.problems


class Installation:
    """A folder with settings for one small task, and no `var/` yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        intent = {"kind": "text_intent", "path": "/intent", "threshold": 0.2, "parity_rows": 100}
        (folder / "config.yml").write_text(json.dumps({"tasks": {"intent": intent}}))
        for name in ("api.py", "gunicorn.conf.py"):
            shutil.copyfile(ROOT / name, folder / name)
        (folder / "Makefile").write_text(f"run:\n\t@{sys.executable} -m iargus serve\n")

    def clear(self) -> None:
        shutil.rmtree(self.folder / "var", ignore_errors=True)

    def environ(self, order: dict[str, object] | None) -> dict[str, str]:
        paths = [str(ROOT), *([str(INJECTED)] if order else [])]
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(paths),
            "PORT": str(self.port),
            "WORKERS": "1",
            "OMP_NUM_THREADS": "1",
            **({"IARGUS_CRASH": json.dumps(order)} if order else {}),
        }

    def start(self, below_make: bool, order: dict[str, object] | None) -> subprocess.Popen[bytes]:
        """`iargus serve` in a group of its own, as a terminal gives it."""
        environ = self.environ(order)
        command = ["make", "run"] if below_make else [sys.executable, "-m", "iargus", "serve"]
        with (self.folder / "output").open("wb") as output:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env=environ,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def serves(self) -> list[str]:
        """Start undisturbed; give what is wrong."""
        process = self.start(False, None)
        problems: list[str] = []
        try:
            deadline_s = time.monotonic() + START_TIMEOUT_S
            while not self._is_ready():
                if process.poll() is not None or time.monotonic() > deadline_s:
                    return [(self.folder / "output").read_text(errors="replace")[-600:]]
                time.sleep(0.1)
            token = self._post("/get_token", _PERSON)
            if "token" not in token:
                problems.append(f"no token: {token}")
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()
        return problems + self._left()

    def _is_ready(self) -> bool:
        try:
            urllib.request.urlopen(f"{self._url}/ready", timeout=5).close()
        except (urllib.error.URLError, OSError):
            return False
        return True

    @property
    def _url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _post(self, path: str, body: dict[str, str]) -> dict[str, object]:
        request = urllib.request.Request(f"{self._url}{path}", json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, object] = json.load(answer)
        return found

    def _left(self) -> list[str]:
        """What a finished start may not leave."""
        var = self.folder / "var"
        return [f"{path.name} was left" for path in var.iterdir() if "making" in path.name]


_PERSON = {"first_name": "Ada", "surname": "King", "email": "ada@example.com"}


def try_starts(*, wanted: int | None, tell: Callable[[Start], None]) -> Sequence[Start]:
    """End it before `wanted` effects, evenly spread, or before all of them."""
    found = []
    with tempfile.TemporaryDirectory(prefix="first-start-") as name:
        place = Installation(Path(name))
        effects = _effects(place)
        step = 1.0 if wanted is None else max(1.0, len(effects) / wanted)
        numbers = sorted({1 + int((each + 0.5) * step) for each in range(int(len(effects) / step))})
        for turn, number in enumerate(numbers):
            kind, below_make = KINDS[turn % len(KINDS)]
            place.clear()
            order = _order(place, at=number, kind=kind)
            process = place.start(below_make, order)
            process.wait()
            seen = (place.folder / "effects").read_text().splitlines()
            how = f"{signal.Signals(kind).name}{' below make' if below_make else ''}"
            problems = place.serves()
            if len(seen) < number:
                problems.append(f"it was not ended, after {len(seen)} effects")
            start = Start(number, seen[-1] if seen else "", how, problems)
            found.append(start)
            tell(start)
    return found


def _effects(place: Installation) -> list[str]:
    """The effects of a setup that nobody ends."""
    order = _order(place, at=None, kind=signal.SIGINT)
    environ = place.environ(order)
    subprocess.run(
        [sys.executable, "-m", "iargus", "setup"], cwd=place.folder, env=environ, check=True
    )
    return (place.folder / "effects").read_text().splitlines()


def _order(place: Installation, *, at: int | None, kind: int) -> dict[str, object]:
    log = str(place.folder / "effects")
    return {"log": log, "at": at, "signal": int(kind), "command": "setup"}


def main(points: int | None) -> None:
    began_s = time.monotonic()
    starts = try_starts(wanted=points, tell=_tell)
    good = sum(start.good for start in starts)
    print(
        f"\n{len(starts)} first starts were ended, {good} served at the next, "
        f"{time.monotonic() - began_s:.0f} s"
    )
    sys.exit(0 if good == len(starts) else 1)


def _tell(start: Start) -> None:
    state = "serves" if start.good else "; ".join(start.problems)
    print(f"{start.number:4}  {start.effect:<56}  {start.how:<20}  {state}", flush=True)

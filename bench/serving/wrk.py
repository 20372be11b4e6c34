"""The closed loop of `bench/serving`: wrk asks again as soon as it has been answered."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

# The requests are made before the clock runs. Each thread has its own share of the bodies.
SCRIPT = """\
local threads, requests, at = 0, {}, 0
function setup(thread)
  thread:set("part", threads)
  threads = threads + 1
end
function init(args)
  wrk.headers["Content-Type"] = "application/json"
  if args[4] then wrk.headers["Authorization"] = args[4] end
  local number = 0
  for line in io.lines(args[1]) do
    if number % tonumber(args[3]) == part then
      requests[#requests + 1] = wrk.format("POST", args[2], nil, line)
    end
    number = number + 1
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary)
  local e = summary.errors
  io.write(string.format('{"answered": %d, "microseconds": %d, "failed": %d}\\n',
    summary.requests, summary.duration, e.status + e.connect + e.read + e.write + e.timeout))
end
"""


@dataclass(frozen=True)
class Throughput:
    """What wrk counted; `failed` are statuses above 399 and broken connections."""

    answered: int
    seconds: float
    failed: int

    @property
    def per_second(self) -> float:
        return (self.answered - self.failed) / self.seconds


@dataclass(frozen=True)
class Load:
    """How hard wrk asks, and from which cores."""

    cores: str
    threads: int = 1
    connections: int = 16


def closed_loop(
    url: str, path: str, bodies: Path, *, seconds: int, load: Load, authorization: str | None
) -> Throughput:
    """Ask for `seconds`; the bodies are the lines of a file."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is needed; Debian and Ubuntu have it: apt install wrk")
    script = bodies.with_name("wrk.lua")
    script.write_text(SCRIPT)
    command = [
        *("taskset", "-c", load.cores, "wrk", "--timeout", "30s", "-s", str(script)),
        *("-t", str(load.threads), "-c", str(load.connections), "-d", f"{seconds}s"),
        *(url, "--", str(bodies), path, str(load.threads)),
        *([authorization] if authorization else []),
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    return Throughput(found["answered"], found["microseconds"] / 1e6, found["failed"])

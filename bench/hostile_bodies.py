"""What hostile bodies cost a real worker, beside a good prediction in the same run.

    python -m bench.hostile_bodies --times 100    # about twenty seconds

Starts gunicorn with one worker on SQLite and small models, all in a temporary folder. Sends a good
prediction and each hostile body by turns, each on a connection of its own, without limits, and
prints a table: the answer, the median and the largest time from the first byte sent to the last
received, as a multiple of the good prediction's median, and how much more memory (VmRSS) the worker
holds after all of them than before.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import socket
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from statistics import median

import httpx2

from tests.security.wire import memory_bytes, workers_of
from tests.services.gunicorn import Gunicorn

LIMIT = 2**20  # requests.max_body_bytes, as it is shipped
WARM_UP = 20
CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
GOOD = "a good prediction"


@dataclass(frozen=True)
class Chunks:
    """A body that is sent in chunks and never ends by itself."""

    part: bytes
    count: int


def names(count: int, last: str = "") -> bytes:
    found = ",".join(f'"{number:06x}":1' for number in range(count))
    return f"{{{found}{last}}}".encode()


def fitting(part: bytes, end: bytes) -> bytes:
    """As often as it fits into the limit."""
    return b"{" + b",".join([part] * ((LIMIT - 10) // (len(part) + 1))) + end


def bodies() -> Mapping[str, tuple[bytes | Chunks, tuple[str, ...]]]:
    """By name: the body, and headers beside its length."""
    car = json.dumps(CAR).encode()
    digits = LIMIT - len(car)
    return {
        GOOD: (car, ()),
        "lists, 100,000 deep": (b'{"make":' + b"[" * 100_000, ()),
        "objects, 100,000 deep": (b'{"a":' * 100_000 + b"}" * 100_000, ()),
        "a number of a million digits": (car.replace(b"42000", b"9" * digits), ()),
        "a fraction of a million digits": (car.replace(b"42000", b"0." + b"1" * (digits - 9)), ()),
        "a gzip bomb of 1 GB": (gzip.compress(bytes(2**20) * 1000, 6), ("Content-Encoding: gzip",)),
        "chunks without end": (Chunks(b"a" * 65_536, 1_000), ()),
        "30,000 names": (names(30_000), ()),
        "one name until the limit": (fitting(b'"a":1', b"}"), ()),
        "names until the limit, the last one twice": (names(95_000, ',"z":1,"z":1'), ()),
        "NaN until the limit": (b'{"a":[' + b"NaN," * (LIMIT // 4 - 4) + b"1]}", ()),
        "lists until the limit, then NaN": (b'{"a":[' + b"[1]," * (LIMIT // 4 - 6) + b"NaN]}", ()),
        "a quarter of that": (b'{"a":[' + b"[1]," * (LIMIT // 16 - 6) + b"NaN]}", ()),
        "small lists until the limit": (b'{"a":[' + b"[1]," * (LIMIT // 4 - 6) + b"1]}", ()),
        "blanks until the limit": (b" " * LIMIT, ()),
        "a text until the limit": (b'{"make":"' + b"a" * (LIMIT - 60) + b'"}', ()),
        "a body over the limit": (b" " * (LIMIT + 1), ()),
    }


def request(body: bytes | Chunks, fields: tuple[str, ...], token: str | None) -> Iterable[bytes]:
    lines = ["POST /predict HTTP/1.1", "Host: x", "Connection: close", *fields]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    if isinstance(body, Chunks):
        yield "\r\n".join([*lines, "Transfer-Encoding: chunked", "", ""]).encode()
        for _ in range(body.count):
            yield b"%x\r\n%s\r\n" % (len(body.part), body.part)
        return
    yield "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def ask(port: int, parts: Iterable[bytes]) -> tuple[float, int]:
    """Seconds and status; who is refused while sending stops."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        began_s = time.perf_counter()
        with suppress(OSError):
            for part in parts:
                client.sendall(part)
        with suppress(OSError):
            while data := client.recv(65_536):
                found += data
        took_s = time.perf_counter() - began_s
    return took_s, int(found[9:12] or 0)


def prepare(folder: Path) -> dict[str, str]:
    """Databases, models of a few rows, and settings."""
    # Imported here, so that --help need not wait for scikit-learn.
    import pandas as pd

    from iargus.api.container import Services
    from iargus.registry import ModelVersion
    from iargus.serving.compilation.compiling import compile_model
    from iargus.serving.placement import Current, Placement
    from iargus.settings import Environment, Policy, Settings
    from iargus.storage.migrate import upgrade
    from iargus.tasks.catalogue import Catalogue
    from iargus.training.seed import load_sentences
    from iargus.training.simulator import SimulationPlan, simulate

    settings = Settings(Environment.read({"IARGUS_VAR": str(folder / "var")}), Policy())
    for database in Services(settings, follow_registry=False).databases:
        upgrade(database)
        database.dispose()
    placement = Placement(settings.models_dir)
    sales = pd.concat(simulate(SimulationPlan(rows=600, months=6, end=date(2026, 11, 1), seed=0)))
    tables = {
        "car_price": sales.rename(columns={"price": "label", "date_added": "observed_at"}),
        "intent": load_sentences().assign(observed_at=pd.Timestamp("2026-10-01")),
    }
    for name, rows in tables.items():
        task = Catalogue.read(Policy()).get(name)
        fitted = task.build_estimator().fit(task.training_frame(rows), rows["label"].to_numpy())
        version = ModelVersion(name, "1", "run", datetime(2026, 11, 1), (), {"sha256": "0" * 64})
        with placement.staging(name) as place:
            made = place / "bundle"
            digest = compile_model(task, fitted, made, created_from=version.sha256, rows=50)
            placement.place(version, made, bundle=digest)
        placement.point(name, Current("1"))
    (folder / "config.yml").write_text(json.dumps({"limits": {"enabled": False}}))
    return {
        "IARGUS_VAR": str(folder / "var"),
        "IARGUS_CONFIG": str(folder / "config.yml"),
        "IARGUS_JWT_KEYS": f"k:{'abcdefgh' * 6}",
        "MLFLOW_HOST": "http://127.0.0.1:9",
    }


def measure(server: Gunicorn, times: int) -> list[str]:
    """The lines of the table."""
    holder = {"first_name": "Ada", "surname": "King", "email": "ada@example.com"}
    token = str(httpx2.post(f"{server.url}/get_token", json=holder, timeout=30).json()["token"])
    (worker,) = workers_of(server)
    taken: dict[str, list[float]] = {}
    answers: dict[str, set[int]] = {}
    everything = bodies()
    for _ in range(WARM_UP):
        ask(server.port, request(*everything[GOOD], token))
    before = memory_bytes(worker)
    peak = before
    for _ in range(times):
        for name, (body, fields) in everything.items():
            # Whoever has no token may send the same: the body is read first.
            seconds, status = ask(server.port, request(body, fields, token))
            taken.setdefault(name, []).append(seconds)
            answers.setdefault(name, set()).add(status)
        peak = max(peak, memory_bytes(worker))
    after = memory_bytes(worker)
    good = median(taken[GOOD])
    lines = ["| body | answer | median | largest |", "|---|---|---|---|"]
    for name, seconds_of in taken.items():
        said = ", ".join(map(str, sorted(answers[name])))
        lines.append(
            f"| {name} | {said} | {median(seconds_of) / good:.1f} | {max(seconds_of) / good:.0f} |"
        )
    requests = times * len(everything)
    lines.append(
        f"\ngood prediction: median {1000 * good:.2f} ms, of which the connection is a part"
    )
    lines.append(
        f"memory of the worker: {before / 2**20:.0f} MB before, {after / 2**20:.0f} MB after "
        f"{requests} requests, {peak / 2**20:.0f} MB at most between them"
    )
    assert workers_of(server) == [worker], "the worker was replaced"
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=200, help="how often each body is sent")
    times = parser.parse_args().times
    folder = Path(tempfile.mkdtemp(prefix="iargus-hostile-"))
    try:
        with Gunicorn(prepare(folder), folder / "log", workers=1) as server:
            print("\n".join(measure(server, times)))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

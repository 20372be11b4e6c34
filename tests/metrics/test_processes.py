"""Counts of several processes: exact, also of those that were killed; gauges only of the living."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from iargus.metrics import Metrics, Route, families
from iargus.metrics.host import HostFiles
from iargus.metrics.totals import DeadWorkerTotals
from tests.metrics.scraping import Scraped

ROUTES = {"/predict": Route({"POST": 200}, "car_price")}
ASKED = {"route": "/predict", "method": "POST", "status": "200", "task": "car_price"}

PROCESS = """
import sys
from pathlib import Path
from iargus.metrics import Metrics, Route, families

folder, requests = sys.argv[1:]
metrics = Metrics(Path(folder))
metrics.expect(routes={"/predict": Route({"POST": 200}, "car_price")})
metrics.start()
metrics.set(families.WORKERS, value=1)
metrics.set(families.QUEUE_ROWS, value=7)
metrics.set(families.MODEL, "car_price", "1", metrics.worker, value=1)
for _ in range(int(requests)):
    metrics.answered("/predict", "POST", 200, 0.0003)
print("ready", flush=True)
sys.stdin.read()
"""


@contextmanager
def process(folder: Path, requests: int) -> Iterator[subprocess.Popen[str]]:
    """A process that has counted `requests` and lives until the block ends."""
    command = [sys.executable, "-c", PROCESS, str(folder), str(requests)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            yield child
        finally:
            child.kill()


def scrape(folder: Path) -> Scraped:
    return Scraped(Metrics(folder).scrape().body.decode())


def files(folder: Path) -> list[Path]:
    return list(folder.glob("*.cells"))


def test_counters_of_the_killed_stay_and_their_gauges_vanish(tmp_path: Path) -> None:
    with process(tmp_path, 5) as first, process(tmp_path, 3):
        both = scrape(tmp_path)
        assert both.value("iargus_requests_total", **ASKED) == 8
        assert both.value("iargus_workers") == 2
        assert both.value("iargus_recording_queue_rows") == 14
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        for _ in range(2):
            one = scrape(tmp_path)
            assert one.value("iargus_requests_total", **ASKED) == 8
            assert one.value("iargus_request_duration_seconds_count", route="/predict") == 8
            assert one.value("iargus_workers") == 1
            assert one.value("iargus_recording_queue_rows") == 7
            workers = {model["worker"] for model in one.series("iargus_model_info")}
            assert str(first.pid) not in workers
        assert len(files(tmp_path)) == 1, "the file of the dead is folded into one"


def test_files_do_not_pile_up_where_nobody_scrapes(tmp_path: Path) -> None:
    for _ in range(5):
        metrics = Metrics(tmp_path)
        metrics.expect(routes=ROUTES)
        metrics.start()
        metrics.compact_files()
        metrics.answered("/predict", "POST", 200, 0.1)
        metrics.stop()
        assert len(files(tmp_path)) == 1
    assert scrape(tmp_path).value("iargus_requests_total", **ASKED) == 5


def test_folding_that_is_cut_off_counts_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics = Metrics(tmp_path)
    metrics.start()
    metrics.count(families.TOKENS_ISSUED)
    metrics.stop()

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for step in ("iargus.metrics.totals.DeadWorkerTotals.write", "pathlib.Path.unlink"):
        with monkeypatch.context() as cut:
            cut.setattr(step, killed)
            with pytest.raises(KeyboardInterrupt):
                scrape(tmp_path)
        assert len(files(tmp_path)) == 1
    for _ in range(2):
        assert scrape(tmp_path).value("iargus_tokens_issued_total") == 1
        assert files(tmp_path) == []


def test_a_folder_that_cannot_be_folded_is_still_added_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        metrics = Metrics(tmp_path)
        metrics.start()
        metrics.count(families.TOKENS_ISSUED)
        metrics.set(families.WORKERS, value=1)
        metrics.stop()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(DeadWorkerTotals, "write", full)
    for _ in range(2):
        found = scrape(tmp_path)
        assert found.value("iargus_tokens_issued_total") == 2
        assert found.value("iargus_workers") == 0
    assert len(files(tmp_path)) == 2


def test_a_damaged_file_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics(tmp_path)
    metrics.start()
    metrics.count(families.TOKENS_ISSUED)
    (tmp_path / "worker-1-1.cells").write_bytes(b"iargus\x001" + b"\xff" * 64)
    (tmp_path / "worker-1-2.cells").write_bytes(b"")
    (tmp_path / "folded.json").write_text('{"series": 3}')
    assert scrape(tmp_path).value("iargus_tokens_issued_total") == 1
    assert "worker-1-1.cells are not counted" in caplog.text
    assert "worker-1-2.cells are not counted" in caplog.text
    metrics.stop()


def test_threads_lose_no_count(tmp_path: Path) -> None:
    metrics = Metrics(tmp_path)
    metrics.start()

    def count() -> None:
        for _ in range(5000):
            metrics.answered("/x", "GET", 404, 0.1)

    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval_s)
    found = scrape(tmp_path)
    metrics.stop()
    assert found.total("iargus_requests_total", route="unknown", status="404") == 20_000
    assert found.value("iargus_request_duration_seconds_sum", route="unknown") == pytest.approx(
        2000
    )


def test_the_age_is_that_of_the_worst_worker(tmp_path: Path) -> None:
    workers = [Metrics(tmp_path), Metrics(tmp_path)]
    for worker, read_at_s in zip(workers, (1000.0, 400.0), strict=True):
        worker.start()
        worker.set(families.REVOCATIONS_AGE, value=read_at_s)
    ((_, (earliest_s,)),) = HostFiles(tmp_path).totals().of(families.REVOCATIONS_AGE)
    assert earliest_s == 400.0
    for worker in workers:
        worker.stop()
    assert scrape(tmp_path).series("iargus_revocations_age_seconds") == []


def test_the_sync_process_counts_beside_the_workers(tmp_path: Path) -> None:
    script = """
import sys
import iargus.serving.sync.sync as sync
from iargus.serving.sync.refusals import Refusal
from iargus.cli.main import main

class Refusing:
    def follow(self, interval_s, stopped):
        self.refused(Refusal("car_price", "7", "altered", None))

    @classmethod
    def connect(cls, settings, refused):
        cls.refused = staticmethod(refused)
        return cls()

sync.Sync = Refusing
sys.argv = ["iargus", "sync", "--follow"]
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"IARGUS_VAR": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    worker = Metrics(tmp_path / "var" / "metrics")
    worker.expect(routes={}, tasks=["car_price", "intent"])
    worker.start()
    found = scrape(tmp_path / "var" / "metrics")
    worker.stop()
    assert found.value("iargus_bundles_refused_total", task="car_price") == 1
    assert found.value("iargus_bundles_refused_total", task="intent") == 0

"""A disk that is full or cannot be written to takes the metrics, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from iargus.metrics import Metrics, cells, families

COUNT = """
import logging, sys
from pathlib import Path
from iargus.metrics import Metrics, families

logging.basicConfig(stream=sys.stdout, format="%(message)s")
metrics = Metrics(Path(sys.argv[1]) / "metrics")
metrics.start()
for number in range(3000):
    metrics.answered("/predict", "POST", 200, 0.001)
    metrics.count(families.TOKENS_REJECTED, f"TOKEN_{number}")
metrics.stop()
print("counted to the end")
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_disk_that_is_really_full_ends_no_process(tmp_path: Path) -> None:
    if shutil.which("unshare") is None or run("unshare", "-rm", "true").returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    script = f"""
set -e
mount -t tmpfs -o size=64k tmpfs {tmp_path}
head -c 60000 /dev/zero > {tmp_path}/fill
exec {sys.executable} -c "$0" {tmp_path}
"""
    done = run("unshare", "-rm", "sh", "-c", script, COUNT)
    assert done.returncode == 0, done.stderr
    said, *rest = done.stdout.splitlines()
    assert "the metrics of this process are off" in said
    assert "No space left on device" in said
    assert rest[-1] == "counted to the end"


def test_a_place_that_cannot_be_written_to_takes_the_metrics_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "metrics").write_text("a file where the folder should be")
    metrics = Metrics(tmp_path / "metrics")
    metrics.start()
    decided = metrics.decisions(["token"])
    for _ in range(10):
        metrics.answered("/predict", "POST", 200, 0.001)
        decided("token", "host", True)
    metrics.compact_files()
    assert len(caplog.records) == 1
    assert "the metrics of this process are off" in caplog.text
    with pytest.raises(OSError, match="metrics"):
        metrics.scrape()
    metrics.stop()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_what_others_counted_is_told_also_where_nobody_may_write(tmp_path: Path) -> None:
    writer = Metrics(tmp_path / "metrics")
    writer.start()
    writer.count(families.TOKENS_ISSUED)
    writer.stop()
    (tmp_path / "metrics").chmod(0o500)
    assert b"iargus_tokens_issued_total 1.0" in Metrics(tmp_path / "metrics").scrape().body
    (tmp_path / "metrics").chmod(0o700)


def test_series_without_end_find_no_room_and_break_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "SIZE_BYTES", 1 << 14)
    metrics = Metrics(tmp_path)
    metrics.start()
    metrics.count(families.TOKENS_ISSUED)
    for number in range(2000):
        metrics.count(families.TOKENS_REJECTED, f"TOKEN_{number}")
    metrics.count(families.TOKENS_ISSUED)
    text = metrics.scrape().body.decode()
    metrics.stop()
    assert "iargus_tokens_issued_total 2.0" in text
    assert 'iargus_tokens_rejected_total{reason="TOKEN_0"} 1.0' in text
    assert "TOKEN_1999" not in text
    assert caplog.text.count("no room") == 1

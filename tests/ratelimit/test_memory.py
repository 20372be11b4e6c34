"""The file: begun once, begun again when half begun, and done without when the disk is full."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from iargus.ratelimit.table import MAX_QUOTA, Limit
from tests.ratelimit.conftest import MakeCounters, admitted

FULL_DISK = """
import logging, pathlib, resource, sys
logging.basicConfig(level="INFO")
from iargus.ratelimit import open_limits
from iargus.settings.policy import LimitPolicy
from iargus.errors import RateLimited

resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))
limits = open_limits(LimitPolicy(requests_per_minute=1), pathlib.Path(sys.argv[1]))
print(limits.consume("198.51.100.7", "ada")[0])
try:
    limits.consume("198.51.100.7", "ada")
except RateLimited:
    print("limited")
"""


def test_on_a_full_disk_each_worker_counts_by_itself_and_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "limited" in done.stdout
    assert done.stderr.count("rate limits hold for each worker by itself") == 1
    assert "File too large" in done.stderr


def test_a_folder_that_cannot_be_made_is_told_too(
    make_counters: MakeCounters, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.ERROR):
        counters = make_counters(name="file/counters.bin")
    assert counters.backend == "worker"
    assert "cannot be made" in caplog.text
    assert admitted(counters, "ada", times=5) == 3


def test_the_counts_and_their_secret_are_the_owners(
    make_counters: MakeCounters, tmp_path: Path
) -> None:
    make_counters()
    assert (tmp_path / "counters.bin").stat().st_mode & 0o777 == 0o600


def test_the_counts_survive_a_restart(make_counters: MakeCounters) -> None:
    counters = make_counters()
    assert admitted(counters, "ada", times=2) == 2
    counters.close()
    assert admitted(make_counters(), "ada", times=5) == 1


@pytest.mark.parametrize("content", [b"", b"\0" * 64 + b"\xff" * 4096, b"another program's"])
def test_a_file_that_was_left_half_begun_is_begun_anew(
    make_counters: MakeCounters, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "counters.bin").write_bytes(content)
    assert admitted(make_counters(), "ada", times=5) == 3
    assert admitted(make_counters(), "ada") == 0


def test_a_file_without_its_first_word_is_not_believed(
    make_counters: MakeCounters, tmp_path: Path
) -> None:
    """It is written last: whoever was killed while he began has not come so far."""
    counters = make_counters()
    assert admitted(counters, "ada", times=3) == 3
    counters.close()
    with (tmp_path / "counters.bin").open("r+b") as file:
        file.write(bytes(8))
    assert admitted(make_counters(), "ada", times=5) == 3


def test_a_quota_must_fit_its_place() -> None:
    for quota in (0, MAX_QUOTA + 1):
        with pytest.raises(ValueError, match="a quota is 1 to"):
            Limit("token", "requests", quota, 60)

"""The disk under `var/` is full."""

from __future__ import annotations

import errno
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from tests.outages.embedded import embedded
from tests.outages.user import ADA, SENTENCE


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True).returncode:
        print(reason := "only the administrator may mount a disk, so a full one is not tested")
        pytest.skip(reason)
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path) -> Path:
    path = place / "filled"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        for size in (65_536, 512, 1):
            with suppress(OSError):
                while True:
                    if not file.write(b"x" * size):
                        raise OSError(errno.ENOSPC, "full")
    return path


def test_on_a_full_disk_predictions_go_on_and_tokens_are_503(
    small_disk: Path, prepared_var: Path, tmp_path: Path
) -> None:
    with embedded(tmp_path, prepared_var, policy={}, var_dir=small_disk) as server:
        with httpx2.Client(base_url=server.url, timeout=30) as client:
            token = client.post("/get_token", json=ADA).json()["token"]
            headers = {"Authorization": f"Bearer {token}"}

            def ask() -> int:
                return client.post("/intent", json=SENTENCE, headers=headers).status_code

            filled = fill(small_disk)
            # What the journal of SQLite has room for is still taken.
            server.wait_for(
                lambda: client.post("/get_token", json=ADA).status_code == 503, "it is full"
            )
            answer = client.post("/get_token", json=ADA)
            assert answer.json()["label"] == "DATABASE_UNAVAILABLE"
            assert int(answer.headers["Retry-After"]) > 0
            asked = [ask() for _ in range(20)]
            assert asked == [200] * 20
            assert server.status("/ready") == 200
            filled.unlink()
            server.wait_for(
                lambda: client.post("/get_token", json=ADA).status_code == 200, "there is room"
            )
            server.wait_for(lambda: server.recorded() == len(asked), "all are recorded")
        assert re.search("disk is full|disk I/O error", server.log.read_text())
    assert "Traceback" not in server.log.read_text()

"""The list on disk counts only when it is certainly the list, and young enough."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iargus.tokens.revocation_file import RevocationFile
from iargus.tokens.revocations import RevocationSnapshot
from tests.fakes import MemoryTokenStore
from tests.tokens.conftest import StillClock

MAX_AGE_S = 900.0
REVOKED = frozenset({"a", "b"})


def file(path: Path, clock: StillClock) -> RevocationFile:
    return RevocationFile(path / "revoked.json", clock=clock, max_age_s=MAX_AGE_S)


def kept(path: Path, clock: StillClock) -> RevocationFile:
    made = file(path, clock)
    made.keep(REVOKED, read_at_s=clock().timestamp())
    return made


def test_gives_what_was_kept_and_its_age(tmp_path: Path, clock: StillClock) -> None:
    kept(tmp_path, clock)
    clock.pass_by(seconds=60)
    found = file(tmp_path, clock).recall()
    assert found is not None
    assert (found.revoked, found.age_s) == (REVOKED, 60.0)
    path = tmp_path / "revoked.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name], "no draft stays"


@pytest.mark.parametrize(
    ("passed_s", "counts"),
    [(900, True), (901, False), (-1, False), (3600, False), (-3600, False), (-86_400, False)],
)
def test_neither_an_old_list_nor_one_from_the_future_counts(
    tmp_path: Path, clock: StillClock, passed_s: int, counts: bool
) -> None:
    """Also when it was the clock that jumped: then nobody knows how old it is."""
    kept(tmp_path, clock)
    clock.pass_by(seconds=passed_s)
    assert (file(tmp_path, clock).recall() is not None) == counts


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no JSON",
        "[]",
        '{"format": 2, "read_at": 1793534400, "revoked": []}',
        '{"format": 1, "read_at": 1793534400}',
        '{"format": 1, "read_at": 1793534400, "revoked": [1]}',
        '{"format": 1, "read_at": "now", "revoked": []}',
        '{"format": 1, "read_at": true, "revoked": []}',
        '{"format": 1, "read_at": NaN, "revoked": []}',
    ],
)
def test_a_damaged_list_does_not_count(tmp_path: Path, clock: StillClock, content: str) -> None:
    clock.now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    path = tmp_path / "revoked.json"
    path.write_text(content)
    path.chmod(0o600)
    assert file(tmp_path, clock).recall() is None


def test_a_list_that_others_can_change_does_not_count(tmp_path: Path, clock: StillClock) -> None:
    kept(tmp_path, clock)
    (tmp_path / "revoked.json").chmod(0o620)
    assert file(tmp_path, clock).recall() is None


def test_there_need_not_be_one(tmp_path: Path, clock: StillClock) -> None:
    assert file(tmp_path, clock).recall() is None


def test_is_written_when_it_has_changed_and_now_and_then(tmp_path: Path, clock: StillClock) -> None:
    made = kept(tmp_path, clock)
    path = tmp_path / "revoked.json"
    first = path.stat().st_ino

    def keep(revoked: frozenset[str] = REVOKED) -> bool:
        before = path.stat().st_ino
        made.keep(revoked, read_at_s=clock().timestamp())
        return path.stat().st_ino != before

    clock.pass_by(seconds=1)
    assert not keep()
    assert keep(REVOKED | {"c"})
    clock.pass_by(seconds=MAX_AGE_S / 20)
    assert keep(REVOKED | {"c"})
    # After a jump back of the clock the file would be from the future.
    clock.pass_by(hours=-1)
    assert keep(REVOKED | {"c"})
    assert first


def test_a_disk_that_is_full_is_told_once(
    tmp_path: Path, clock: StillClock, caplog: pytest.LogCaptureFixture
) -> None:
    made = file(tmp_path / "missing", clock)
    for _ in range(3):
        made.keep(REVOKED, read_at_s=clock().timestamp())
    assert caplog.text.count("cannot be kept on disk") == 1
    (tmp_path / "missing").mkdir()
    made.keep(REVOKED, read_at_s=clock().timestamp())
    assert json.loads((tmp_path / "missing" / "revoked.json").read_text())["revoked"] == ["a", "b"]


def test_a_snapshot_begins_with_what_was_kept(tmp_path: Path, clock: StillClock) -> None:
    """And grows old from when it was read, not from when it was recalled."""
    kept(tmp_path, clock)
    clock.pass_by(seconds=100)
    snapshot = RevocationSnapshot(
        MemoryTokenStore(),
        clock=clock,
        max_age_s=MAX_AGE_S,
        monotonic_s=lambda: 5000.0,
        file=file(tmp_path, clock),
    )
    assert not snapshot.is_known
    snapshot.recall()
    assert snapshot.is_known
    assert snapshot.age_s == 100.0
    assert snapshot.holds("a")
    assert not snapshot.holds("c")

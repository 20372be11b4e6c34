"""The list on disk counts only when it is certainly the list, and young enough."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iargus.auth.counters import Position
from iargus.auth.revocation.file import RevocationFile
from iargus.auth.revocation.snapshot import Changes, RevocationSnapshot
from iargus.errors import DatabaseUnavailable
from tests.auth.tokens.conftest import StillClock
from tests.fakes import NoRevocations

MAX_AGE_S = 900.0
REVOKED = frozenset({"a", "b"})


def file(path: Path, clock: StillClock) -> RevocationFile:
    return RevocationFile(
        path / "revoked.json", clock=clock, max_age_s=MAX_AGE_S, monotonic_s=lambda: 0.0
    )


def kept(path: Path, clock: StillClock) -> RevocationFile:
    made = file(path, clock)
    made.keep(REVOKED, changed=True, read_at_s=clock().timestamp())
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

    def keep(*, changed: bool = False) -> bool:
        before = path.stat().st_ino
        made.keep(REVOKED, changed=changed, read_at_s=clock().timestamp())
        return path.stat().st_ino != before

    clock.pass_by(seconds=1)
    assert not keep()
    assert keep(changed=True)
    assert not keep()
    clock.pass_by(seconds=MAX_AGE_S / 20)
    assert keep()
    # After a jump back of the clock the file would be from the future.
    clock.pass_by(hours=-1)
    assert keep()


def test_a_list_that_is_as_it_was_is_not_looked_at(tmp_path: Path, clock: StillClock) -> None:
    """However many tokens are revoked, four refreshes a second cost next to nothing."""
    made = kept(tmp_path, clock)
    rest = iter(["a"])
    made.keep(rest, changed=False, read_at_s=clock().timestamp() + 1)
    assert list(rest) == ["a"]


def test_a_long_list_is_written_in_parts_and_rests(tmp_path: Path, clock: StillClock) -> None:
    """Ten times as long as it took, and what changed meanwhile is written then."""
    now_s = 100.0

    def slowly(number: int) -> Iterator[str]:
        nonlocal now_s
        for each in range(number):
            yield f"jti-{each}"
        now_s += 2

    made = RevocationFile(
        tmp_path / "revoked.json", clock=clock, max_age_s=MAX_AGE_S, monotonic_s=lambda: now_s
    )

    def keep(revoked: Iterable[str], *, changed: bool) -> int:
        made.keep(revoked, changed=changed, read_at_s=clock().timestamp())
        found = made.recall()
        assert found is not None
        return len(found.revoked)

    assert keep(slowly(2500), changed=True) == 2500
    now_s += 19
    assert keep(["a"], changed=True) == 2500
    now_s += 2
    assert keep(["a"], changed=False) == 1


def test_a_disk_that_is_full_is_told_once(
    tmp_path: Path, clock: StillClock, caplog: pytest.LogCaptureFixture
) -> None:
    made = file(tmp_path / "missing", clock)
    for _ in range(3):
        made.keep(REVOKED, changed=True, read_at_s=clock().timestamp())
    assert caplog.text.count("cannot be saved on disk") == 1
    (tmp_path / "missing").mkdir()
    made.keep(REVOKED, changed=True, read_at_s=clock().timestamp())
    kept = json.loads((tmp_path / "missing" / "revoked.json").read_text())
    assert sorted(kept["revoked"]) == ["a", "b"]


def test_a_snapshot_begins_with_what_was_kept(tmp_path: Path, clock: StillClock) -> None:
    """And grows old from when it was read, not from when it was recalled."""
    kept(tmp_path, clock)
    clock.pass_by(seconds=100)
    snapshot = RevocationSnapshot(
        NoRevocations(),
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


def test_a_list_that_was_kept_says_nothing_of_keys(tmp_path: Path, clock: StillClock) -> None:
    """However young it is: a token of a key that this worker never read may be good."""
    kept(tmp_path, clock)
    store, again = NoRevocations(), file(tmp_path, clock)
    snapshot = RevocationSnapshot(store, clock=clock, max_age_s=MAX_AGE_S, file=again)
    snapshot.recall()
    assert snapshot.is_known
    assert snapshot.ring_may_be_stale
    snapshot.refresh()
    assert not snapshot.ring_may_be_stale


class Away(NoRevocations):
    """A store that gives changes by number, until its database goes away."""

    away = False

    def changes(self, since: Position, *, at: datetime) -> Changes:
        if self.away:
            raise DatabaseUnavailable("the database does not answer")
        found = super().changes(since, at=at)
        if since.revoked == found.position.revoked:
            return Changes(found.position, {}, whole=False)
        return found


def test_what_a_worker_has_revoked_itself_is_kept_though_the_database_goes(
    tmp_path: Path, clock: StillClock
) -> None:
    store, written = Away(), file(tmp_path, clock)
    snapshot = RevocationSnapshot(store, clock=clock, max_age_s=MAX_AGE_S, file=written)
    snapshot.refresh()
    snapshot.add("mine")
    store.away = True
    with pytest.raises(DatabaseUnavailable):
        snapshot.refresh()
    found = written.recall()
    assert found is not None
    assert found.revoked == {"mine"}

"""What the registry says reaches this host whole, or the last good version stays."""

from __future__ import annotations

import logging
import os
from typing import cast

import pytest

from iargus.errors import ArtefactRejected, FilesUnavailable, RegistryUnavailable, VersionUnknown
from iargus.registry import Registry
from iargus.serving.placement import Current, Placement
from iargus.serving.sync.refusals import Refusal, Refusals
from iargus.serving.sync.sync import Sync
from iargus.tasks.catalogue import Catalogue
from tests.serving.shelf import FakeRegistry, Shelf


@pytest.fixture
def registry(shelf: Shelf) -> FakeRegistry:
    return FakeRegistry(shelf, {("rent", "champion"): "1", ("mood", "champion"): "1"})


@pytest.fixture
def sync(catalogue: Catalogue, registry: FakeRegistry, placement: Placement) -> Sync:
    return Sync(catalogue, cast(Registry, registry), placement)


def _versions(placement: Placement, task: str = "rent") -> set[str]:
    return {path.name for path in (placement.models_dir / task).iterdir() if path.is_dir()}


def test_every_champion_is_placed_once(
    sync: Sync, registry: FakeRegistry, placement: Placement
) -> None:
    assert sync.once() == []
    assert sync.once() == []
    assert registry.fetched == ["rent 1", "mood 1"]
    assert placement.current("rent") == Current("1")
    assert placement.manifest("rent", "1").sha256 == registry.shelf.version("rent", "1").sha256
    assert _versions(placement) == {"1"}


def test_the_previous_version_is_kept_and_older_ones_go(
    sync: Sync, registry: FakeRegistry, placement: Placement
) -> None:
    for number in ("1", "2", "3"):
        registry.aliases["rent", "champion"] = number
        sync.once()
    assert placement.current("rent") == Current("3")
    assert _versions(placement) == {"2", "3"}


def test_the_challenger_comes_only_when_it_is_served(
    catalogue: Catalogue, registry: FakeRegistry, placement: Placement, sync: Sync
) -> None:
    registry.aliases["rent", "challenger"] = "2"
    sync.once()
    assert placement.current("rent") == Current("1")
    both = Sync(catalogue, cast(Registry, registry), placement, with_challenger=True)
    both.once()
    assert placement.current("rent") == Current("1", "2")
    registry.aliases["rent", "challenger"] = "3"
    registry.bytes_of["3"] = b"damaged"
    (problems, current) = both.once(), placement.current("rent")
    assert problems == []
    assert current == Current("1")


def test_an_outage_is_logged_when_it_begins_and_when_it_ends(
    sync: Sync, registry: FakeRegistry, placement: Placement, caplog: pytest.LogCaptureFixture
) -> None:
    sync.once()
    registry.aliases["rent", "champion"] = "2"
    registry.down = True
    caplog.clear()
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            (problem,) = sync.once()
            assert isinstance(problem, RegistryUnavailable)
        assert placement.current("rent") == Current("1")
        assert len(caplog.records) == 1
        registry.down = False
        sync.once()
    assert placement.current("rent") == Current("2")
    assert [record.message for record in caplog.records if "in order" in record.message] == [
        "the registry: in order again"
    ]


def test_an_outage_of_another_wording_is_still_the_same_outage(
    sync: Sync, registry: FakeRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    registry.down = True
    sync.once()
    registry.wording = "connection from port 50001 was refused"
    sync.once()
    assert len(caplog.records) == 1


@pytest.mark.parametrize("damage", ["empty", "cut", "other task"])
def test_a_damaged_download_leaves_the_last_good_version(
    sync: Sync,
    registry: FakeRegistry,
    placement: Placement,
    shelf: Shelf,
    caplog: pytest.LogCaptureFixture,
    damage: str,
) -> None:
    sync.once()
    whole = shelf.file("rent", "2").read_bytes()
    registry.bytes_of["2"] = {
        "empty": b"",
        "cut": whole[: len(whole) // 2],
        "other task": shelf.file("mood", "1").read_bytes(),
    }[damage]
    registry.aliases["rent", "champion"] = "2"
    caplog.clear()
    for _ in range(3):
        (problem,) = sync.once()
        assert isinstance(problem, ArtefactRejected)
        assert "rent version 2 is refused" in str(problem)
    assert placement.current("rent") == Current("1")
    assert _versions(placement) == {"1"}
    # Once in the log, and fetched once: it would be refused again.
    assert len(caplog.records) == 1
    assert registry.fetched.count("rent 2") == 1


def test_a_refusal_is_told_each_time_that_it_is_made(
    catalogue: Catalogue, registry: FakeRegistry, placement: Placement
) -> None:
    told: list[Refusal] = []
    sync = Sync(catalogue, cast(Registry, registry), placement, refused=told.append)
    registry.bytes_of["2"] = b""
    registry.aliases["rent", "champion"] = "2"
    for _ in range(3):
        sync.once()
    # Fetched once: what was refused is not fetched again for a while.
    assert [refusal.task for refusal in told] == ["rent"]


def test_a_model_that_cannot_answer_the_example_of_its_task_is_refused(
    sync: Sync, registry: FakeRegistry, placement: Placement, shelf: Shelf
) -> None:
    sync.once()
    mood = shelf.version("mood", "1")
    registry.forged["rent"] = shelf.version("rent", "2", sha256=mood.sha256)
    registry.bytes_of["2"] = shelf.file("mood", "1").read_bytes()
    (problem,) = sync.once()
    assert "does not answer the example of rent" in str(problem)
    assert placement.current("rent") == Current("1")


def test_a_file_that_was_damaged_on_this_host_is_fetched_again(
    sync: Sync, registry: FakeRegistry, placement: Placement
) -> None:
    sync.once()
    path = placement.model_file("rent", "1")
    good = path.read_bytes()
    path.write_bytes(good[:100])
    sync.once()
    assert path.read_bytes() == good
    placement.model_file("rent", "1").with_name("manifest.json").write_text("{")
    sync.once()
    assert placement.manifest("rent", "1").version == "1"
    path.unlink()
    sync.once()
    assert path.read_bytes() == good


def test_a_registry_that_was_set_up_anew_is_followed(
    sync: Sync, registry: FakeRegistry, placement: Placement, shelf: Shelf
) -> None:
    sync.once()
    other = shelf.version("rent", "1", sha256=shelf.version("rent", "2").sha256)
    registry.forged["rent"] = other
    registry.bytes_of["1"] = shelf.file("rent", "2").read_bytes()
    assert sync.once() == []
    assert placement.manifest("rent", "1").sha256 == other.sha256


def test_a_full_disk_leaves_the_old_version_and_no_rubbish(
    sync: Sync, registry: FakeRegistry, placement: Placement
) -> None:
    sync.once()
    registry.aliases["rent", "champion"] = "2"
    registry.disk_full = True
    (problem,) = sync.once()
    assert isinstance(problem, OSError)
    assert placement.current("rent") == Current("1")
    assert _versions(placement) == {"1"}
    registry.disk_full = False
    assert sync.once() == []
    assert placement.current("rent") == Current("2")


def test_a_task_without_champion_does_not_keep_the_others_from_theirs(
    sync: Sync, registry: FakeRegistry, placement: Placement
) -> None:
    del registry.aliases["rent", "champion"]
    (problem,) = sync.once()
    assert isinstance(problem, VersionUnknown)
    assert "iargus train rent" in str(problem)
    assert placement.current("mood") == Current("1")


def test_what_a_dead_process_left_behind_is_cleared_after_an_hour(
    sync: Sync, registry: FakeRegistry, placement: Placement
) -> None:
    old, new = (placement.models_dir / "rent" / f".staged-{name}" for name in ("old", "new"))
    for path in (old, new):
        path.mkdir(parents=True)
    os.utime(old, (0, 0))
    sync.once()
    assert new.exists()
    assert not old.exists()


def test_files_that_do_not_come_keep_no_other_task_from_its_own(
    sync: Sync, registry: FakeRegistry, placement: Placement
) -> None:
    registry.withheld.add("rent")
    (problem,) = sync.once()
    assert isinstance(problem, FilesUnavailable)
    assert placement.current("mood") == Current("1")


def test_a_refused_version_is_looked_at_again_ever_more_rarely(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    now_s, told = [0.0], list[Refusal]()
    refusals = Refusals(told.append, monotonic=lambda: now_s[0])
    version, looked = shelf.version("rent", "2"), []
    for minute in range(24 * 60):
        now_s[0] = 60.0 * minute
        if refusals.reason(version) is None:
            looked.append(minute)
            refusals.add(version, "it is altered", "1")
    assert looked[:7] == [0, 1, 3, 7, 15, 31, 63]
    assert len(looked) == len(told) == len(caplog.records) == 29
    assert refusals.reason(shelf.version("rent", "2", sha256="0" * 64)) is None
    assert set(told) == {Refusal("rent", "2", "it is altered", "1")}
    assert "rent version 2 is refused, version 1 goes on serving: it is altered" in caplog.text

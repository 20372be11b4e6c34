"""What is written for a person is whole, or what was there before."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

import iargus
from iargus.atomic_write import OWNER_ONLY, staged, write_atomically


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.html"
    write_atomically(page, "before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(page, "after")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [
        ("page.html", "before")
    ]


def test_a_link_and_a_pipe_stay_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "page")
    write_atomically(tmp_path / "link", "text")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "page").read_text() == "text"
    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text()))
    reader.start()
    write_atomically(tmp_path / "pipe", "through")
    reader.join(30)
    assert read == ["through"]


def test_a_block_that_raises_leaves_what_was_there(tmp_path: Path) -> None:
    write_atomically(tmp_path / "list", b"before")
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "list") as file:
        file.write(b"half" * (1 // 0))
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("list", b"before")]


def test_a_secret_is_its_owner_s_from_the_first_byte_on(tmp_path: Path) -> None:
    with staged(tmp_path / "secret", mode=OWNER_ONLY) as file:
        (draft,) = tmp_path.iterdir()
        assert draft.stat().st_mode & 0o777 == 0o600
        file.write(b"x")
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_an_exclusive_write_never_replaces(tmp_path: Path) -> None:
    with staged(tmp_path / "key", exclusive=True) as file:
        file.write(b"first")
    with pytest.raises(FileExistsError), staged(tmp_path / "key", exclusive=True) as file:
        file.write(b"second")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("key", b"first")]


@pytest.mark.parametrize(("sync", "times"), [(True, 1), (False, 0)])
def test_content_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, sync: bool, times: int
) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda _: synced.append((tmp_path / "page").exists()))
    write_atomically(tmp_path / "page", "text", sync=sync)
    assert synced == [False] * times


def test_no_other_module_stages_a_file() -> None:
    root = Path(iargus.__file__).parent
    own = {root / "atomic_write.py", root / "metrics" / "cells.py"}
    signs = ("os.fsync", "os.link", "os.replace", "os.rename", "O_EXCL", "NamedTemporaryFile")
    found = [
        f"{path.relative_to(root)}: {sign}"
        for path in root.rglob("*.py")
        if path not in own
        for sign in signs
        if sign in path.read_text(encoding="utf-8")
    ]
    assert found == []

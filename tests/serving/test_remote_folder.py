"""A registry that lists one thing and sends another gets nothing on to a host."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from iargus.compiled.files import MAX_BYTES
from iargus.compiled.manifest import MANIFEST, FileEntry
from iargus.compiled.manifest import Manifest as BundleManifest
from iargus.errors import ArtefactRejected
from iargus.registry.connection import Connection
from iargus.registry.download import MODEL_FILE, RemoteFolder, fetch, fetch_bundle
from iargus.registry.version import BUNDLE_DIGEST, ModelVersion

VERSION = ModelVersion("car_price", "7", "run", datetime(2026, 11, 1), (), {})


@dataclass
class Listed:
    """What the registry says of a file."""

    path: str
    is_dir: bool = False
    file_size: int | None = 4


@dataclass
class LyingClient:
    """A registry whose files are those of `files`, whatever it says in `listed`."""

    files: Path
    listed: list[Listed]
    asked: list[str] = field(default_factory=list)

    def list_artifacts(self, run_id: str, folder: str) -> list[Listed]:
        return self.listed

    def download_artifacts(self, run_id: str, path: str, place: str) -> str:
        self.asked.append(path)
        name = Path(path).name
        return str(
            shutil.copy2(self.files / name, Path(place) / name, follow_symlinks=False)
            if not (self.files / name).is_dir()
            else shutil.copytree(self.files / name, Path(place) / name)
        )


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "good.npy").write_bytes(b"1234")
    (folder / "large.npy").write_bytes(b"1" * 100)
    (folder / "secret").write_bytes(b"abcd")
    (folder / "link.npy").symlink_to(folder / "secret")
    (folder / "folder.npy").mkdir()
    return folder


def bring(files: Path, place: Path, listed: Listed) -> tuple[LyingClient, RemoteFolder]:
    client = LyingClient(files, [listed])
    place.mkdir()
    return client, RemoteFolder(cast(Any, client), VERSION, place)


def test_what_is_listed_and_sent_as_it_should_be_arrives(files: Path, tmp_path: Path) -> None:
    _, folder = bring(files, tmp_path / "place", Listed("model/good.npy"))
    assert folder.bring("good.npy", 10).read_bytes() == b"1234"


@pytest.mark.parametrize(
    ("listed", "name", "words"),
    [
        (Listed("model/large.npy", file_size=100), "large.npy", "has 100 bytes, more than 10"),
        (Listed("model/folder.npy", is_dir=True), "folder.npy", "is a folder in the registry"),
        (Listed("model/good.npy"), "other.npy", "has lost model/other.npy"),
    ],
)
def test_what_the_list_tells_is_refused_unasked(
    files: Path, tmp_path: Path, listed: Listed, name: str, words: str
) -> None:
    client, folder = bring(files, tmp_path / "place", listed)
    with pytest.raises(ArtefactRejected, match=words):
        folder.bring(name, 10)
    assert client.asked == []


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        (Listed("model/large.npy", file_size=4), "has 100 bytes, more than 10"),
        (Listed("model/large.npy", file_size=None), "has 100 bytes, more than 10"),
        (Listed("model/link.npy"), "not arrive as a regular file"),
        (Listed("model/folder.npy"), "not arrive as a regular file"),
    ],
)
def test_what_the_list_hides_is_refused_when_it_arrives(
    files: Path, tmp_path: Path, listed: Listed, words: str
) -> None:
    _, folder = bring(files, tmp_path / "place", listed)
    with pytest.raises(ArtefactRejected, match=words):
        folder.bring(Path(listed.path).name, 10)


class NoServer:
    """A connection that gives this client."""

    def __init__(self, client: LyingClient) -> None:
        self._client = client

    @contextmanager
    def translated(self, doing: str) -> Iterator[LyingClient]:
        yield self._client


def test_a_bundle_that_says_that_it_fills_the_disk_is_not_fetched(
    files: Path, tmp_path: Path
) -> None:
    entry = FileEntry(MAX_BYTES + 1, "0" * 64)
    data = BundleManifest(
        task="car_price",
        kind="car_price",
        version="7",
        created_from="",
        sklearn="1.9",
        files={"trees_value.npy": entry},
        options={},
        canaries=(),
    ).to_bytes()
    (files / MANIFEST).write_bytes(data)
    listed = [Listed(f"model/bundle/{name}", file_size=4) for name in (MANIFEST, "trees_value.npy")]
    client = LyingClient(files, listed)
    version = replace(VERSION, tags={BUNDLE_DIGEST: hashlib.sha256(data).hexdigest()})
    with pytest.raises(ArtefactRejected, match="says that it has"):
        fetch_bundle(cast(Connection, NoServer(client)), version, tmp_path / "place")
    assert client.asked == [f"model/bundle/{MANIFEST}"]


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({}, "was not registered by IArgus"),
        ({"sha256": "0" * 64}, "was altered"),
        ({"sha256": hashlib.sha256(b"abcd").hexdigest()}, None),
    ],
)
def test_a_model_is_the_one_that_was_registered(
    files: Path, tmp_path: Path, tags: dict[str, str], words: str | None
) -> None:
    shutil.copy(files / "secret", files / MODEL_FILE)
    client = LyingClient(files, [Listed(f"model/{MODEL_FILE}")])
    connection, version = cast(Connection, NoServer(client)), replace(VERSION, tags=tags)
    if words is None:
        assert fetch(connection, version, tmp_path / "place").read_bytes() == b"abcd"
        return
    with pytest.raises(ArtefactRejected, match=words):
        fetch(connection, version, tmp_path / "place")


def test_a_manifest_is_the_one_that_was_registered(files: Path, tmp_path: Path) -> None:
    (files / MANIFEST).write_bytes(b"{}")
    client = LyingClient(files, [Listed(f"model/bundle/{MANIFEST}")])
    version = replace(VERSION, tags={BUNDLE_DIGEST: "0" * 64})
    with pytest.raises(ArtefactRejected, match=r"manifest\.json .* was altered"):
        fetch_bundle(cast(Connection, NoServer(client)), version, tmp_path / "place")

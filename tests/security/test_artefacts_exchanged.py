"""A file, tag or signature that is exchanged: for an older one, another task's, or between check
and use. Here versions are signed, and the attacker has everything but the key."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from iargus.errors import ArtefactRejected, FilesUnavailable
from iargus.registry import ModelVersion
from iargus.registry.trust import Trust
from iargus.registry.version import BUNDLE_DIGEST, SIGNATURE
from iargus.serving.placement import Current
from iargus.serving.sync.preparing import prepare_file
from iargus.settings.keys import BundleKey
from tests.security.bundle_attacks import BUNDLE_ATTACKS, VALUE, manifest
from tests.security.captive import (
    KEY,
    TASK,
    Captive,
    Change,
    Host,
    Tags,
    good_files,
    good_tags,
    the_task,
    untouched,
)
from tests.security.traps import nothing_runs, pickled

OTHER_KEY = BundleKey.model_validate({"kid": "first", "secret": "x" * 48})


def signed_as(version: ModelVersion, key: BundleKey = KEY) -> Change:
    """A signature that is good for another statement."""

    def changed(_: Path, tags: Tags) -> None:
        found = Trust(lambda: [key]).signature(version)
        assert found is not None
        tags[SIGNATURE] = found

    return changed


def of(task: str = TASK, number: str = "2", **tags: str) -> ModelVersion:
    return ModelVersion(task, number, "1", datetime(2026, 11, 1), (), {**good_tags(), **tags})


def signature(text: str) -> Change:
    return lambda _, tags: tags.update({SIGNATURE: text.format(good_tags()[SIGNATURE][6:])})


def without(*names: str) -> Change:
    def changed(_: Path, tags: Tags) -> None:
        for name in names:
            del tags[name]

    return changed


def pickled_bundle(files: Path, tags: Tags) -> None:
    BUNDLE_ATTACKS["a pickle under the name of an array"](files, tags)


def no_bundle(files: Path, tags: Tags) -> None:
    """Back to a release that served skops files: a signed version without its bundle's digest."""
    (files / "model.skops").write_bytes(pickled(files))
    del tags[BUNDLE_DIGEST]


SIGNATURES: Mapping[str, Change] = {
    "an older signed version, whole, under a newer number": untouched,
    "no signature at all": without(SIGNATURE),
    "an empty signature": signature(""),
    "the signature of another task's version of the same number": signed_as(of("intent")),
    "the signature of the next version": signed_as(of(number="3")),
    "a signature by the attacker's key under our key's name": signed_as(of(), OTHER_KEY),
    "a signature under the name of no key": signature(":{}"),
    "a signature under the name of an unknown key": signature("second:{}"),
    "a signature that says it needs none": signature("first:none:"),
    "a signature in capital letters": lambda _, tags: tags.update(
        {SIGNATURE: tags[SIGNATURE].upper()}
    ),
    "a signature with a second one behind it": signature("first:{0},first:{0}"),
    "a signature that is no text of this world": signature("first:hmac-sha256:\udc80é\u202e"),
    "a signature that covers other digests": signed_as(of(sha256="0" * 64)),
    "a signed version whose bundle holds a pickle now": pickled_bundle,
    "a signed version that lost its bundle, so that skops would be read": no_bundle,
    "a signed version whose manifest names another task": manifest(
        lambda document: document.update(task="intent")
    ),
}


@pytest.fixture
def host(tmp_path: Path) -> Host:
    captive = Captive(tmp_path)
    captive.add(untouched)
    found = Host.of(captive, KEY)
    assert found.sync.once() == []
    return found


@pytest.mark.parametrize("name", SIGNATURES)
def test_what_was_not_signed_as_it_is_never_arrives(host: Host, name: str) -> None:
    price, files, captive = host.price(), host.files(), host.captive
    captive.champion = captive.add(SIGNATURES[name])
    with nothing_runs(captive.versions[captive.champion].files):
        (problem,) = host.sync.once()
    assert isinstance(problem, ArtefactRejected)
    assert host.price() == price
    assert host.files() == files


def to_pickle(path: Path) -> None:
    path.write_bytes(pickled(path))


def to_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


def to_good_link(path: Path) -> None:
    """The right bytes for now, in a place that the attacker can write to later."""
    kept = path.with_name("kept")
    path.rename(kept)
    path.symlink_to(kept)


def to_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def to_hole(path: Path) -> None:
    os.truncate(path, 2**40)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 8)


ON_THE_WAY: Mapping[str, tuple[str, Callable[[Path], object]]] = {
    "an array that becomes a pickle after the manifest was checked": (VALUE, to_pickle),
    "an array that arrives as a symbolic link to /etc/passwd": (VALUE, to_link),
    "an array that arrives as a link to the right bytes": (VALUE, to_good_link),
    "an array that arrives as a pipe, which nobody ever writes to": (VALUE, to_pipe),
    "an array that arrives as a folder": (VALUE, to_folder),
    "an array that arrives with a terabyte behind it": (VALUE, to_hole),
    "an array that arrives cut off": (VALUE, cut),
    "a manifest that arrives as a symbolic link": ("manifest.json", to_link),
    "a manifest that arrives as a pipe": ("manifest.json", to_pipe),
    "a manifest that arrives with a terabyte behind it": ("manifest.json", to_hole),
}


@pytest.mark.parametrize("name", ON_THE_WAY)
def test_what_changes_on_the_way_never_arrives(host: Host, name: str) -> None:
    file, change = ON_THE_WAY[name]
    price, files, captive = host.price(), host.files(), host.captive
    number = captive.add(signed_as(of()))
    captive.champion = number
    captive.tamper = lambda path, target: change(target) if path == f"bundle/{file}" else None
    captive.listed_bytes = 1
    with nothing_runs(captive.versions[number].files):
        (problem,) = host.sync.once()
    assert isinstance(problem, (ArtefactRejected, FilesUnavailable))
    assert host.price() == price
    assert host.files() == files


def test_a_model_file_that_is_exchanged_between_its_check_and_its_use_is_not_read(
    tmp_path: Path,
) -> None:
    path = tmp_path / "model.skops"
    shutil.copyfile(good_files() / "model.skops", path)
    with nothing_runs(path):
        path.write_bytes(pickled(path))
        with pytest.raises(ArtefactRejected, match="altered"):
            prepare_file(the_task(), path, good_tags()["sha256"], tmp_path)


def test_files_that_are_exchanged_on_the_host_are_brought_anew(host: Host) -> None:
    price, before = host.price(), host.files()
    (path,) = [path for path in before if path.name == VALUE]
    with nothing_runs(path):
        path.write_bytes(pickled(path))
        assert host.sync.once() == []
        assert host.price() == price
    assert host.files() == before


def test_a_worker_reads_no_placed_bundle_but_the_one_that_was_placed(host: Host) -> None:
    """Somebody puts a pickle where an array was, before a worker starts."""
    (path,) = [path for path in host.files() if path.name == VALUE]
    with nothing_runs(path):
        path.write_bytes(pickled(path))
        host.champions.refresh()
    assert host.champions.missing() == [TASK]


def test_current_json_names_no_folder_elsewhere(host: Host, tmp_path: Path) -> None:
    """The name of a version there is a part of a path, and only what is placed is read."""
    price = host.price()
    outside = tmp_path / "outside"
    shutil.copytree(host.placement.models_dir / TASK / "1", outside)
    (outside / "bundle" / VALUE).write_bytes(pickled(outside))
    with nothing_runs(outside):
        host.placement.point(TASK, replace(Current("1"), champion="../../../outside"))
        assert host.price() == price

"""Every way to alter the files of a bundle ends in a refusal that says what is wrong."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from iargus.compiled.errors import Refused
from iargus.compiled.manifest import MANIFEST
from tests.compiled.forms import CAR_FORM
from tests.compiled.seals import alter_array, alter_manifest, replace, seal

Change = Callable[[Path], object]
VALUE, FEATURE, THRESHOLD = "trees_value.npy", "trees_feature.npy", "trees_threshold.npy"


def flip(folder: Path, name: str, at: int = -5) -> None:
    data = bytearray((folder / name).read_bytes())
    data[at] ^= 1
    (folder / name).write_bytes(data)


def truncate(folder: Path) -> None:
    (folder / VALUE).write_bytes((folder / VALUE).read_bytes()[:-8])


def pickled() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return buffer.getvalue()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("value.npy", b"")
    return buffer.getvalue()


def link(folder: Path, name: str) -> None:
    (folder / name).rename(folder.parent / "elsewhere")
    (folder / name).symlink_to(folder.parent / "elsewhere")


def pipe(folder: Path) -> None:
    (folder / VALUE).unlink()
    os.mkfifo(folder / VALUE)


def rename_file(folder: Path, name: str) -> None:
    alter_manifest(folder, lambda raw: raw["files"].update({name: raw["files"].pop(VALUE)}))


def huge_shape(folder: Path) -> None:
    data = (folder / VALUE).read_bytes()
    start, end = data.index(b"'shape': ("), data.index(b"), }")
    header = data[:start] + b"'shape': (99999999999999," + b"), }"
    replace(folder, VALUE, header + data[end + 4 + 24 :])


def strip_spaces(folder: Path) -> None:
    seal(folder, (folder / MANIFEST).read_bytes().replace(b",", b", ", 1))


def repeat_name(folder: Path) -> None:
    seal(folder, (folder / MANIFEST).read_bytes().replace(b"{", b'{"format":0,', 1))


def changed(key: str, value: object) -> Change:
    return lambda folder: alter_manifest(folder, lambda raw: raw.update({key: value}))


def array(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Change:
    return lambda folder: alter_array(folder, name, change)


TAMPERINGS: dict[str, tuple[Change, str]] = {
    "altered array": (lambda f: flip(f, VALUE), "SHA-256"),
    "altered manifest": (lambda f: flip(f, MANIFEST), "JSON|too much|one spelling"),
    "endless manifest": (lambda f: seal(f, b" " * (4 * 2**20 + 1)), "more than"),
    "no manifest": (lambda f: (f / MANIFEST).unlink(), "cannot be read"),
    "manifest that is no JSON": (lambda f: seal(f, b"{"), "JSON"),
    "manifest that is a list": (lambda f: seal(f, b"[]"), "no object"),
    "brackets without end": (lambda f: seal(f, b"[" * 100_000), "JSON"),
    "manifest in another spelling": (strip_spaces, "one spelling"),
    "a name twice": (repeat_name, "twice"),
    "older format": (changed("format", 0), "format 0"),
    "newer format": (changed("format", 2), "format 2"),
    "format that is true": (changed("format", True), "format"),
    "unknown field": (changed("loader", "pickle"), "too much"),
    "unknown kind": (changed("kind", "house_price"), "of kind 'house_price'"),
    "another kind": (changed("kind", "text_intent"), "of kind 'text_intent'"),
    "created from something": (changed("created_from", "../x"), "created_from"),
    "truncated file": (truncate, "bytes"),
    "truncated array": (
        lambda f: replace(f, VALUE, (f / VALUE).read_bytes()[:-8]),
        "truncated",
    ),
    "array that claims to be huge": (huge_shape, "truncated|no array"),
    "array with a tail": (lambda f: replace(f, VALUE, (f / VALUE).read_bytes() + b"x"), "too long"),
    "missing file": (lambda f: (f / VALUE).unlink(), "cannot be read"),
    "file that the manifest lacks": (lambda f: (f / "x.npy").touch(), "not in the manifest"),
    "needless file": (lambda f: replace(f, "needless.npy", b""), "no file of this kind"),
    "path traversal": (lambda f: rename_file(f, "../elsewhere.npy"), "no name of a file"),
    "absolute path": (lambda f: rename_file(f, "/etc/passwd.json"), "no name of a file"),
    "name with a zero byte": (lambda f: rename_file(f, "a\0.npy"), "no name of a file"),
    "name in another folder": (lambda f: rename_file(f, "a/b.npy"), "no name of a file"),
    "manifest in the manifest": (lambda f: rename_file(f, MANIFEST), "no name of a file"),
    "symbolic link": (lambda f: link(f, VALUE), "cannot be read"),
    "symbolic link for manifest": (lambda f: link(f, MANIFEST), "cannot be read"),
    "pipe": (pipe, "no plain file"),
    "pickle in disguise": (lambda f: replace(f, VALUE, pickle.dumps([1.0])), "no array"),
    "pickle in an array": (lambda f: replace(f, VALUE, pickled()), "pickled"),
    "zip in disguise": (lambda f: replace(f, VALUE, zipped()), "no array"),
    "numbers of another type": (array(VALUE, lambda a: a.astype(np.float32)), "type float32"),
    "numbers of another byte order": (
        lambda f: replace(
            f, VALUE, (f / VALUE).read_bytes().replace(b"'descr': '<f8'", b"'descr': '>f8'")
        ),
        "type >f8",
    ),
    "array of another shape": (array(VALUE, lambda a: a[:, np.newaxis]), "shape"),
    "fewer nodes": (array(VALUE, lambda a: a[:-1]), "differ in length"),
    "no canary": (changed("canaries", []), "no canary"),
    "canary of another task": (
        changed("canaries", [{"payload": {"text": "a"}, "answer": [1.0, 1.0, 1.0]}]),
        "canaries",
    ),
    "canary with fewer numbers": (
        lambda f: alter_manifest(f, lambda raw: raw["canaries"][0]["answer"].pop()),
        "canaries",
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_bundle_is_refused(name: str, car_folder: Path) -> None:
    change, message = TAMPERINGS[name]
    change(car_folder)
    with pytest.raises(Refused, match=message):
        CAR_FORM.load(car_folder)


def test_files_beyond_all_memory_are_refused_unread(car_folder: Path) -> None:
    entry = {"size": 2**40, "sha256": "0" * 64}
    alter_manifest(car_folder, lambda raw: raw["files"].update({"trees_value.npy": entry}))
    with pytest.raises(Refused, match="larger than"):
        CAR_FORM.load(car_folder)

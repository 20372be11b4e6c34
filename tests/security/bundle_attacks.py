"""Versions with a bundle, changed by whoever can write to the registry, digests and all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from iargus.compiled import canonical_json
from iargus.compiled.arrays import to_bytes
from iargus.compiled.manifest import MANIFEST
from iargus.registry.version import BUNDLE_DIGEST
from tests.security.captive import Change, Tags
from tests.security.skops_attacks import HUGE, code_in_header, npy, object_array, object_arrays
from tests.security.traps import pickled, trap_of

VALUE = "trees_value.npy"


def manifest(change: Callable[[dict[str, Any]], object]) -> Change:
    """Another manifest, whose digest is in the tags."""

    def changed(files: Path, tags: Tags) -> None:
        path = files / "bundle" / MANIFEST
        document = json.loads(path.read_bytes())
        change(document)
        path.write_bytes(canonical_json.dump(document))
        tags[BUNDLE_DIGEST] = hashlib.sha256(path.read_bytes()).hexdigest()

    return changed


def file(make: Callable[[Path], bytes], name: str = VALUE) -> Change:
    """Another file, with all digests as they must be."""

    def changed(files: Path, tags: Tags) -> None:
        data = make(files)
        (files / "bundle" / name).write_bytes(data)
        entry = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        manifest(lambda document: document["files"].update({name: entry}))(files, tags)

    return changed


def values(change: Callable[[Any], Any], name: str = VALUE) -> Change:
    return file(lambda files: to_bytes(change(np.load(files / "bundle" / name).copy())), name)


def renamed(name: str) -> Change:
    return manifest(
        lambda document: document["files"].update({name: document["files"].pop("car.json")})
    )


def tag(name: str, change: Callable[[str], str]) -> Change:
    def changed(_: Path, tags: Tags) -> None:
        tags[name] = change(tags[name])

    return changed


def document(change: Callable[[dict[str, Any]], object]) -> Change:
    def made(files: Path) -> bytes:
        found = json.loads((files / "bundle" / "car.json").read_bytes())
        change(found)
        return canonical_json.dump(found)

    return file(made, "car.json")


def _filled(value: float) -> Callable[[Any], Any]:
    return lambda array: np.full_like(array, value)


def _no_skops(_: Path, tags: Tags) -> None:
    tags["sha256"] = "0" * 64


def _sparse(files: Path, _: Tags) -> None:
    """A terabyte of nothing, which takes no room on the disk of the registry."""
    with (files / "bundle" / VALUE).open("r+b") as held:
        held.truncate(2**40)


BUNDLE_ATTACKS: Mapping[str, Change] = {
    "a pickle under the name of an array": file(pickled),
    "an array of objects": file(object_array),
    "an .npz under the name of an array": file(object_arrays),
    "an array whose header is Python": file(code_in_header),
    "an array of a bundle whose header says that it has 8 TB": file(lambda _: npy(HUGE)),
    "an array with a header of 60 KB": file(lambda _: npy("{" + " " * 60_000 + "}")),
    "an array with a negative length": file(lambda _: npy(HUGE.replace("1000", "-1000"))),
    "an array of format 3": file(lambda _: npy(HUGE, b"\x03\x00")),
    "an array whose type is a structure that holds objects": file(
        lambda _: npy("{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,), }")
    ),
    "an array file of a terabyte, most of it a hole": _sparse,
    "values that are NaN": values(_filled(np.nan)),
    "thresholds that are NaN": values(_filled(np.nan), "trees_threshold.npy"),
    "values so large that their exponential has no end": values(_filled(1e308)),
    "trees without a leaf, in which no prediction would end": values(
        lambda array: np.abs(array), "trees_feature.npy"
    ),
    "trees that look at column 32,767": values(_filled(32_767), "trees_feature.npy"),
    "trees of two thousand million nodes": values(_filled(2**31 - 1), "trees_sizes.npy"),
    "trees that look at a set of categories far behind": values(
        _filled(2**31 - 1), "trees_bitset.npy"
    ),
    "a manifest whose file is ../../../trap": renamed("../../../trap.json"),
    "a manifest whose file is absolute": renamed("/tmp/iargus-trap.json"),
    "a manifest whose file is called __init__.py": renamed("__init__.py"),
    "a manifest whose file has a newline in its name": renamed("car.json\n"),
    "a manifest of another task": manifest(lambda found: found.update(task="intent")),
    "a manifest of a kind that names a module": manifest(lambda found: found.update(kind="os")),
    "a manifest with a loader": manifest(lambda found: found.update(loader_module="os")),
    "a manifest that says it has a terabyte": manifest(
        lambda found: found["files"][VALUE].update(size=2**40)
    ),
    "a manifest with a size that is true": manifest(
        lambda found: found["files"][VALUE].update(size=True)
    ),
    "a manifest without a canary": manifest(lambda found: found.update(canaries=[])),
    "a manifest whose canaries agree with no model": manifest(
        lambda found: found["canaries"][0].update(answer=[1.0, 1.0, 1.0])
    ),
    "codes of names that are no numbers": document(
        lambda found: found.update(make_ranks={"ford": "__import__('os')"})
    ),
    "a model's own name as the name of a column": document(
        lambda found: found.update(categories={"__class__": [0.0]})
    ),
    "a digest in capital letters": tag(BUNDLE_DIGEST, str.upper),
    "a digest with a blank behind it": tag(BUNDLE_DIGEST, lambda digest: digest + " "),
    "two digests in one tag": tag(BUNDLE_DIGEST, lambda digest: f"{digest},{'0' * 64}"),
    "the digest of nothing": tag(BUNDLE_DIGEST, lambda _: hashlib.sha256(b"").hexdigest()),
    "half a digest": tag(BUNDLE_DIGEST, lambda digest: digest[:32]),
    "a digest that is a path": tag(BUNDLE_DIGEST, lambda _: "../../etc/passwd"),
    "a bundle of another model than the version names": _no_skops,
}


# --- what may lie beside, and is nobody's business


def beside(name: str, make: Callable[[Path], str | bytes]) -> Change:
    """The good version with one more file."""

    def changed(files: Path, _: Tags) -> None:
        content = make(files)
        path = files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return changed


def _code(files: Path) -> str:
    return f"import os\nos.mkdir({str(trap_of(files))!r})\n"


def _loader(files: Path) -> str:
    return (
        "flavors:\n  python_function:\n    loader_module: iargus_attack\n    code: code\n"
        "    env: conda.yaml\n"
    )


def _polyglot(files: Path, _: Tags) -> None:
    """The skops file of a version with a bundle is for trainings; nobody here reads it."""
    (files / "model.skops").write_bytes(pickled(files))


BESIDE: Mapping[str, Change] = {
    "an MLmodel with a loader_module in the artefact's own code": beside("MLmodel", _loader),
    "an MLmodel that YAML would construct (!!python/object/apply)": beside(
        "MLmodel", lambda files: f"a: !!python/object/apply:os.mkdir ['{trap_of(files)}']\n"
    ),
    "a folder code/ with the module that the loader names": beside(
        "code/iargus_attack/__init__.py", _code
    ),
    "a sitecustomize.py": beside("sitecustomize.py", _code),
    "a conftest.py": beside("conftest.py", _code),
    "a .pth file that imports": beside("evil.pth", lambda files: "import iargus_attack\n"),
    "a requirements.txt that takes packages from elsewhere": beside(
        "requirements.txt", lambda _: "--index-url https://packages.example.org\niargus_attack\n"
    ),
    "a conda.yaml with pip and another index": beside(
        "conda.yaml", lambda _: "dependencies:\n- pip:\n  - --index-url=https://x.example.org\n"
    ),
    "a python_model.pkl, as pyfunc loads it": beside("python_model.pkl", pickled),
    "a model.pkl beside model.skops": beside("model.pkl", pickled),
    "an __init__.py in the bundle": beside("bundle/__init__.py", _code),
    "a module named numpy.py in the bundle": beside("bundle/numpy.py", _code),
    "an array in the bundle that the manifest does not name": beside("bundle/extra.npy", pickled),
    "a pickle for model.skops, where the version has a bundle": _polyglot,
}

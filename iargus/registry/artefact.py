"""A model's file: skops, its digest, and our own list of the types it may hold.

skops lets the caller say which types a file may hold; MLflow reads them from the file's own folder,
which protects nothing. Here they come from the task, and the digest from the registry, so that only
known types of files that we wrote are constructed.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from iargus.atomic_write import write_atomically
from iargus.errors import ArtefactRejected
from iargus.registry.canonical_schema import canonical, check_schema, nodes
from iargus.registry.renamed_types import rename

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

MAX_UNPACKED_BYTES = 4 * 2**30
# Fitted numbers are hardly compressible; zeros are, a thousandfold. Small files may be anything.
MAX_RATIO = 100
_SMALL_BYTES = 256 * 2**20


def save(estimator: Pipeline, path: Path) -> str:
    """Write `estimator` to `path` at once or not at all; return the file's SHA-256 in hex.

    The same fitted estimator gives the same bytes on the same versions of the libraries.

    Raises:
        ArtefactRejected: skops has no form for something in the estimator.
    """
    import skops.io

    try:
        data = canonical(skops.io.dumps(estimator))
    except (TypeError, ValueError, AttributeError) as error:
        raise ArtefactRejected(f"the model cannot be written with skops: {error}") from error
    write_atomically(path, data, sync=False)
    return hashlib.sha256(data).hexdigest()


def load(path: Path, *, sha256: str, trusted_types: Collection[str]) -> Pipeline:
    """Read the pipeline at `path`, after its digest and all of its types were checked.

    Args:
        sha256: the digest that the file must have, in hex.
        trusted_types: full names of the types that it may hold beside skops' own list.

    Raises:
        ArtefactRejected: the file is missing, altered, no skops file, holds another type, or a
            tree that scikit-learn could not follow safely.
    """
    # Imported here: the sync process checks digests, and bundles need neither.
    import skops.io
    from sklearn.pipeline import Pipeline
    from skops.io.exceptions import UntrustedTypesFoundException

    from iargus.registry.tree_nodes import check_trees

    # The bytes that are loaded are those that were checked.
    data = check_digest(path, sha256)
    try:
        estimator = skops.io.loads(_checked(data, path.name), trusted=sorted(trusted_types))
        if not isinstance(estimator, Pipeline):
            raise ArtefactRejected(
                f"{path.name} holds a {type(estimator).__name__}, not a scikit-learn Pipeline"
            )
        check_trees(estimator)
    except UntrustedTypesFoundException as error:
        raise ArtefactRejected(
            f"{path.name} holds types that are not on the task's list: {error}"
        ) from None
    except ArtefactRejected:
        raise
    # A broken file fails anywhere in skops, or has trees of another form, with any error.
    except Exception as error:
        raise ArtefactRejected(
            f"{path.name} cannot be read as a skops file: {type(error).__name__}: {error}"
        ) from error
    return estimator


def _checked(data: bytes, name: str) -> bytes:
    """The same file, with the types of an earlier release under their names of today, once its size
    and its schema are known to be bounded."""
    with ZipFile(io.BytesIO(data)) as archive:
        # A file of a megabyte may hold a gigabyte of zeros, or say that it holds a terabyte.
        size = sum(member.file_size for member in archive.infolist())
        most = min(MAX_UNPACKED_BYTES, max(_SMALL_BYTES, MAX_RATIO * len(data)))
        if size > most:
            raise ArtefactRejected(f"{name} unpacks to {size} bytes, more than {most}")
        schema = json.loads(archive.read("schema.json"))
        check_schema(schema, name)
        if not rename(nodes(schema)):
            return data
        renamed = io.BytesIO()
        with ZipFile(renamed, "w") as copy:
            for member in archive.infolist():
                is_schema = member.filename == "schema.json"
                copy.writestr(member, json.dumps(schema) if is_schema else archive.read(member))
    return renamed.getvalue()


def check_digest(path: Path, sha256: str) -> bytes:
    """Read the file and return its bytes if its SHA-256 is `sha256`.

    Raises:
        ArtefactRejected: the file is missing, or another one.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ArtefactRejected(f"{path.name} is missing") from None
    found = hashlib.sha256(data).hexdigest()
    if found != sha256.lower():
        raise ArtefactRejected(
            f"{path.name} ({len(data)} bytes) was altered: its SHA-256 is {found[:12]}…, "
            f"not {sha256[:12] or 'given'}…"
        )
    return data

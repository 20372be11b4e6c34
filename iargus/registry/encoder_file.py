"""`features_encoder.pkl`: the fitted encoder of the car features, for use outside of IArgus.

Its SHA-256 lies beside it in the form of `sha256sum`, and is checked before anything is read.
The models in the registry carry their own encoder; nothing that serves reads this file.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iargus.atomic_write import write_atomically
from iargus.errors import ArtefactRejected
from iargus.registry.artefact import check_digest
from iargus.registry.renamed_types import current_module

if TYPE_CHECKING:
    from iargus.tasks.car_price.estimator.name_encoder import NameEncoder

# All that a pickled encoder names; the rest is plain data. A whole package would bring constructors
# with effects: numpy.memmap empties a file, and pandas' Expr evaluates Python code.
_NAMES = {("iargus.tasks.car_price.estimator.name_encoder", "NameEncoder")}


def sidecar(path: Path) -> Path:
    """Where the digest of `path` lies."""
    return path.with_name(path.name + ".sha256")


def write(encoder: object, path: Path) -> str:
    """Write the encoder and its digest, each at once or not at all; return the digest in hex."""
    data = pickle.dumps(encoder, protocol=5)
    digest = hashlib.sha256(data).hexdigest()
    # Digest first: a stop between the two leaves a pair that is refused, never one that lies.
    write_atomically(sidecar(path), f"{digest}  {path.name}\n", sync=False)
    write_atomically(path, data, sync=False)
    return digest


def check(path: Path) -> str:
    """Compare the file with its digest and return that, in hex.

    Raises:
        ArtefactRejected: a file is missing, or they do not belong together.
    """
    return hashlib.sha256(_checked(path)).hexdigest()


def load(path: Path) -> NameEncoder:
    """Check the digest, then read the encoder; nothing but one and plain data is constructed.

    Raises:
        ArtefactRejected: the digest is wrong, or the pickle asks for something else.
    """
    # Imported here: it brings scikit-learn, and `check` needs none.
    from iargus.tasks.car_price.estimator.name_encoder import NameEncoder

    data = _checked(path)
    try:
        found = _Unpickler(io.BytesIO(data)).load()
    except ArtefactRejected:
        raise
    # A broken pickle fails with anything.
    except Exception as error:
        raise ArtefactRejected(f"{path.name} cannot be read: {error}") from error
    if not isinstance(found, NameEncoder):
        raise ArtefactRejected(f"{path.name} holds a {type(found).__name__}, not a NameEncoder")
    return found


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (current_module(module), name) in _NAMES:
            return super().find_class(current_module(module), name)
        raise ArtefactRejected(f"the pickle asks for {module}.{name}, which no encoder needs")


def _checked(path: Path) -> bytes:
    beside = sidecar(path)
    try:
        words = beside.read_text(encoding="ascii").split()
    except FileNotFoundError:
        raise ArtefactRejected(
            f"{beside.name} is missing; `iargus encoder export` writes both files"
        ) from None
    except UnicodeDecodeError:
        words = []
    if not words or len(words[0]) != 64:
        raise ArtefactRejected(f"{beside.name} holds no SHA-256")
    return check_digest(path, words[0])

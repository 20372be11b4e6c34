"""Arrays in and out of ``.npy`` bytes, with nothing left to what the file says of itself."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from iargus.compiled.errors import Refused

Array = npt.NDArray[Any]

_VERSION = (1, 0)
_MAX_HEADER = 1024  # bytes; that of a plain array has 118


def to_bytes(array: Array) -> bytes:
    """Return the ``.npy`` bytes of a plain array, in C order and little endian."""
    plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, plain, version=_VERSION, allow_pickle=False)
    return buffer.getvalue()


def from_bytes(data: bytes, name: str, *, dtype: str, shape: tuple[int | None, ...]) -> Array:
    """Return the array in ``data``, read-only and without a copy.

    ``dtype`` must match exactly, such as ``"<f8"``, and so must ``shape``; None is any length.

    Raises:
        Refused: these are no such bytes: a pickle, a zip, another type or shape, too few or too
            many bytes.
    """
    file = io.BytesIO(data)
    try:
        if np.lib.format.read_magic(file) != _VERSION:
            raise ValueError("another version of the format")
        found, fortran, kind = np.lib.format.read_array_header_1_0(
            file, max_header_size=_MAX_HEADER
        )
    # numpy reads the header as a Python literal, which can fail in ways of its own.
    except Exception as error:
        raise Refused(f"{name} is no array: {error}") from None
    if kind.hasobject:
        raise Refused(f"{name} holds pickled objects")
    if fortran or kind != np.dtype(dtype):
        raise Refused(f"{name} is of type {kind}, not {dtype} in C order")
    if len(found) != len(shape) or any(
        want not in (None, have) for want, have in zip(shape, found, strict=True)
    ):
        wanted = tuple("n" if n is None else n for n in shape)
        raise Refused(f"{name} has the shape {found}, not {wanted}")
    if len(data) - file.tell() != math.prod(found) * kind.itemsize:
        raise Refused(f"{name} is truncated or too long for its shape {found}")
    return np.frombuffer(data, dtype=kind, offset=file.tell()).reshape(found)


def finite(array: Array, name: str) -> Array:
    """Return ``array``.

    Raises:
        Refused: there is a NaN or an infinity in it.
    """
    if not np.isfinite(array).all():
        raise Refused(f"{name} holds NaN or infinite numbers")
    return array

"""The one spelling of a token: three parts in base64url, and a header of three names.

What a library accepts changes from version to version (padding, bits that decoders pass over);
what is accepted here is written down here.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from iargus import strict_json

ALGORITHM = "HS256"
TYPE = "JWT"
# A token of ours has about 400 characters; nothing longer is worth decoding.
MAX_TOKEN_CHARS = 4096

# A signature is 32 bytes: 43 characters, of which the last carries four bits and two zeros.
_FORM = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_HEADER = {"alg", "kid", "typ"}


def kid_of(token: str) -> str:
    """The `kid` of a token that has the form of ours; nothing of it is proven yet.

    A header with any other name (`crit`, `jku`, `jwk`, `x5u`, `zip`, `b64` …) is refused: none
    of them is ours, and each asks the reader to do something.

    Raises:
        ValueError: the form is another.
    """
    if len(token) > MAX_TOKEN_CHARS:
        raise ValueError("too long")
    match = _FORM.fullmatch(token)
    if match is None:
        raise ValueError("not three parts in base64url")
    _decoded(match[2])
    header = strict_object(_decoded(match[1]))
    if header.keys() != _HEADER or header["alg"] != ALGORITHM or header["typ"] != TYPE:
        raise ValueError("another header")
    kid = header["kid"]
    if not isinstance(kid, str):
        raise ValueError("a kid is a text")
    return kid


def strict_object(text: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8 that names nothing twice and holds no NaN.

    Raises:
        ValueError: it is something else.
    """
    found = strict_json.load(text)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _decoded(part: str) -> bytes:
    try:
        data = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error as error:
        raise ValueError("no base64url") from error
    # A decoder passes over the spare bits of the last character (RFC 4648 section 3.5).
    if urlsafe_b64encode(data).rstrip(b"=") != part.encode():
        raise ValueError("bits that say nothing")
    return data

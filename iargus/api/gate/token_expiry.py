"""The header `Token-Expires` of answers to a token that ends soon."""

from __future__ import annotations

from email.utils import formatdate


def token_expires(exp_s: int) -> tuple[bytes, bytes]:
    """`Token-Expires: <HTTP-date>`; `exp_s` are seconds since 1970.

    No standard has a header for this: `Sunset` (RFC 8594) is about a resource, `Expires` about the
    answer, `Warning` is obsolete (RFC 9111). The date is in the form of both.
    """
    return b"token-expires", formatdate(exp_s, usegmt=True).encode()

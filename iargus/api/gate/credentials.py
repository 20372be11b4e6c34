"""The token of a request, from the header or the body, and the header that says when it ends."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

from starlette.types import Scope

from iargus.errors import TokenAmbiguous, TokenMalformed, TokenMissing

BODY_FIELD = "security_token"
# The blanks of HTTP (RFC 9110 section 5.6.3); `str.strip` takes others for blanks as well.
_BLANKS = " \t"


def header_token(scope: Scope) -> str | None:
    """The token of `Authorization: Bearer <token>`; None where there is no such header.

    Raises:
        TokenMalformed: the header has another form or comes more than once.
    """
    # Names of headers are in lower case here (ASGI).
    values = [value for name, value in scope["headers"] if name == b"authorization"]
    if not values:
        return None
    scheme, _, rest = values[0].decode("latin-1").strip(_BLANKS).partition(" ")
    token: str = rest.strip(_BLANKS)
    if len(values) > 1 or scheme.lower() != "bearer" or not token or " " in token:
        raise TokenMalformed("the Authorization header must be: Bearer <token>")
    return token


def body_token(document: Mapping[str, Any]) -> str | None:
    """The token in the body's field `security_token`, where existing clients send it."""
    value = document.get(BODY_FIELD)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise TokenMalformed(f"{BODY_FIELD} must be a text")
    return value


def the_token(in_header: str | None, in_body: str | None) -> str:
    """The one token of a request.

    Raises:
        TokenMissing: there is none.
        TokenAmbiguous: there are two that differ (RFC 6750 section 2).
    """
    if in_header is not None and in_body is not None and in_header != in_body:
        raise TokenAmbiguous(f"the Authorization header and {BODY_FIELD} hold different tokens")
    token = in_header if in_header is not None else in_body
    if token is None:
        raise TokenMissing(
            f"a token is needed: Authorization: Bearer <token>, or {BODY_FIELD} in the body; "
            "POST /get_token issues one"
        )
    return token


def token_expires(exp_s: int) -> tuple[bytes, bytes]:
    """`Token-Expires: <HTTP-date>`; `exp_s` are seconds since 1970.

    No standard has a header for this: `Sunset` (RFC 8594) is about a resource, `Expires` about the
    answer, `Warning` is obsolete (RFC 9111). The date is in the form of both.
    """
    return b"token-expires", formatdate(exp_s, usegmt=True).encode()

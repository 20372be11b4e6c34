"""HTTP in `config.yml`: proxies, TLS, allowed networks, origins, and the size of requests."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from iargus.settings.fields import Section

UNIX = "unix"
ANY_ORIGIN = "*"
ANY_ORIGIN_WARNING = (
    "cors.allowed_origins is *: pages of every website may call the API with a token that they hold"
)
MAX_ROOT_PATH_CHARS = 200
# No empty part, for `//host` is an address of another host, and none that goes up.
_ROOT_PATH = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)+/?")


def read_root_path(text: str) -> str | None:
    """A path below which a service is, without a slash at its end, so that `/` is empty; None where
    the text is none."""
    if text == "/":
        return ""
    if len(text) > MAX_ROOT_PATH_CHARS or not _ROOT_PATH.fullmatch(text):
        return None
    return text.rstrip("/")


def _root_path(text: str) -> str:
    path = read_root_path(text)
    if path is None:
        raise ValueError(
            "a path begins with / and has letters, digits and . _ ~ - between its slashes, such as "
            "/cars"
        )
    return path


def _place(text: str) -> str:
    """`unix`, or a network in its usual form; an address is the network that holds it alone."""
    if text == UNIX:
        return text
    network = ipaddress.ip_network(text)
    if network.version == 6 and network.network_address.ipv4_mapped is not None:
        raise ValueError("write the IPv4 network itself: mapped addresses are compared as IPv4")
    return str(network)


def _proxy(text: str) -> str:
    if text.endswith("/0"):
        raise ValueError("this trusts everybody, and everybody could then name any address")
    return text


def _origin(text: str) -> str:
    if text == ANY_ORIGIN:
        return text
    if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:\d+)?", text):
        raise ValueError(
            "an origin is a scheme and a host in small letters, and maybe a port; or * for all"
        )
    return text


RootPath = Annotated[str, AfterValidator(_root_path)]
Place = Annotated[str, AfterValidator(_place)]
Places = tuple[Place, ...]


class ProxyPolicy(Section):
    trusted: tuple[Annotated[Place, AfterValidator(_proxy)], ...] | None = Field(
        None,
        description=(
            "Networks of the proxies that are trusted to name a client's address, and `unix` for "
            "those that connect by a Unix socket; unset, none, and on Azure its front end"
        ),
    )
    header: str | None = Field(
        None,
        pattern=r"^[a-z][a-z0-9-]*$",
        description=(
            "The header in which they name it: `x-forwarded-for`, which is a list, or one that "
            "holds one address, such as `x-real-ip`; unset, `x-forwarded-for`, and on Azure "
            "`client-ip`"
        ),
    )

    @model_validator(mode="after")
    def _known(self) -> ProxyPolicy:
        if self.header == "forwarded":
            raise ValueError("the header Forwarded is not read: let the proxy write another")
        return self


class ServerPolicy(Section):
    root_path: RootPath = Field(
        "",
        description=(
            "The path below which clients find this service behind a proxy, such as `/cars`; a "
            "trusted proxy may name another in `X-Forwarded-Prefix`"
        ),
    )


class TlsPolicy(Section):
    certificate: Path | None = Field(
        None,
        description=(
            "PEM file with the certificate and its chain, for HTTPS without a proxy; unset, HTTP"
        ),
    )
    key: Path | None = Field(
        None, description="PEM file with its private key, which only the owner may be able to read"
    )
    hsts_max_age_s: int | None = Field(
        None,
        ge=0,
        le=315_360_000,  # ten years
        description=(
            "How long browsers must use HTTPS only (HSTS, RFC 6797); 0 for never; unset, a "
            "year with `tls.certificate`, otherwise never"
        ),
    )

    @model_validator(mode="after")
    def _both_or_neither(self) -> TlsPolicy:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key go together")
        return self


class AccessPolicy(Section):
    api: Places | None = Field(
        None,
        description="Networks (or `unix`) that may use the API; unset, everybody; `[]`, nobody",
    )
    pages: Places | None = Field(
        None,
        description="Networks that may read `/`, `/docs` and `/openapi.json`; unset, everybody",
    )
    administration: Places | None = Field(
        None, description="Networks that may use the routes under `/admin`; unset, everybody"
    )
    metrics: Places | None = Field(
        None, description="Networks that may read `/metrics`; unset, everybody"
    )


class CorsPolicy(Section):
    allowed_origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = Field(
        (),
        description=(
            "Origins, such as `https://app.example.com`, whose pages may call the API; `*` for "
            "every page, with a warning, and never with cookies"
        ),
    )

    @property
    def any_origin(self) -> bool:
        """Whether the pages of everybody may call the API."""
        return ANY_ORIGIN in self.allowed_origins


class RequestPolicy(Section):
    max_body_bytes: int = Field(
        1_048_576, ge=1024, le=2**30, description="The largest body of a request"
    )
    batch_max_rows: int = Field(
        1000, ge=1, le=100_000, description="The largest number of rows in a batch request"
    )
    body_timeout_s: float = Field(
        20.0, gt=0, le=3600, description="Time in which a client must send the body of a request"
    )

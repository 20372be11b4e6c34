"""The layers around the application that every request passes, in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from iargus.api.client_address import ClientAddresses
from iargus.api.middleware.access import AllowLists
from iargus.api.middleware.response_headers import SecurityHeaders
from iargus.api.public_address import ForwardedScheme
from iargus.settings import Policy
from iargus.settings.http import AccessPolicy

Layer = Callable[[ASGIApp], ASGIApp]

# What a page of another origin may read beside the body.
EXPOSED = ("Retry-After", "RateLimit", "RateLimit-Policy", "Token-Expires", "WWW-Authenticate")
YEAR_S = 31_536_000


def outer_middleware(
    policy: Policy, addresses: ClientAddresses, content_policies: Mapping[str, str]
) -> list[Layer]:
    """The layers, outermost first; one that the policy does not ask for is not there at all.

    Headers are outside, so that refusals have them too; CORS next, so that a page that may call
    the API can read why it is refused; then the lists of addresses, before anything of the
    request but its path and its origin is read.

    Args:
        content_policies: Content-Security-Policy of each path that is a page; one ending with `/`
            stands for everything below it.
    """
    layers: list[Layer] = [
        partial(
            SecurityHeaders,
            content_policies=content_policies,
            hsts_max_age_s=_hsts_max_age_s(policy),
        )
    ]
    if policy.cors.allowed_origins:
        layers.append(
            partial(
                CORSMiddleware,
                # Never with credentials: a page sends a token that it has, and what a browser
                # would add by itself, such as a cookie, counts for nothing.
                allow_credentials=False,
                allow_origins=policy.cors.allowed_origins,
                allow_methods=("GET", "POST"),
                allow_headers=("Authorization", "Content-Type"),
                expose_headers=EXPOSED,
            )
        )
    if policy.access != AccessPolicy():
        layers.append(partial(AllowLists, policy=policy.access, addresses=addresses))
    if addresses.trusts_any_proxy:
        layers.append(partial(ForwardedScheme, addresses=addresses))
    return layers


def _hsts_max_age_s(policy: Policy) -> int:
    if policy.tls.hsts_max_age_s is not None:
        return policy.tls.hsts_max_age_s
    return YEAR_S if policy.tls.certificate else 0

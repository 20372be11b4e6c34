"""What the front costs of a request, in microseconds of one core: `python -m bench.front`.

Each figure is the least of seven rounds of 200,000 calls, with eight headers as curl and a proxy
send them.
"""

from __future__ import annotations

import asyncio
import timeit
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from iargus.api.client_address import ClientAddresses
from iargus.api.middleware.outer import outer_middleware
from iargus.ratelimit.requests import address_key
from iargus.settings import Policy

CALLS, ROUNDS = 200_000, 7
HEADERS = [
    (b"host", b"api.example.com"),
    (b"user-agent", b"curl/8.14.1"),
    (b"accept", b"*/*"),
    (b"authorization", b"Bearer " + b"x" * 300),
    (b"content-type", b"application/json"),
    (b"content-length", b"92"),
]
BEHIND = [*HEADERS, (b"x-forwarded-for", b"203.0.113.7"), (b"x-forwarded-proto", b"https")]
START = {"type": "http.response.start", "status": 200, "headers": HEADERS[:2]}
BODY = {"type": "http.response.body", "body": b""}


def scope(peer: str, headers: list[tuple[bytes, bytes]]) -> Scope:
    return {
        **{"type": "http", "scheme": "http", "path": "/predict", "headers": headers},
        **{"client": (peer, 5000), "server": ("192.0.2.1", 8000)},
    }


def least_us(call: Callable[[], object]) -> float:
    return min(timeit.repeat(call, number=CALLS, repeat=ROUNDS)) / CALLS * 1e6


async def inner(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send(dict(START))
    await send(BODY)


def layered_us(policy: Policy, asked: Scope) -> float:
    """One request through the layers, less the same one without them."""
    addresses = ClientAddresses(policy.proxies, on_azure=False)
    app: ASGIApp = inner
    for layer in reversed(outer_middleware(policy, addresses, {})):
        app = layer(app)

    async def receive() -> Message:
        raise AssertionError("nobody reads")

    async def send(message: Message) -> None:
        pass

    async def rounds(app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> float:
        best = float("inf")
        for _ in range(ROUNDS):
            begun = timeit.default_timer()
            for _ in range(CALLS):
                await app(asked, receive, send)
            best = min(best, timeit.default_timer() - begun)
        return best / CALLS * 1e6

    return asyncio.run(rounds(app)) - asyncio.run(rounds(inner))


def main() -> None:
    direct = ClientAddresses(Policy().proxies, on_azure=False)
    trusting = Policy.model_validate({"proxies": {"trusted": ["10.0.0.0/8"]}})
    behind = ClientAddresses(trusting.proxies, on_azure=False)
    listed = {"access": {"api": ["203.0.113.0/24"]}}
    both = Policy.model_validate(listed | {"proxies": {"trusted": ["10.0.0.0/8"]}})
    asked, forwarded = scope("203.0.113.7", HEADERS), scope("10.0.0.1", BEHIND)
    figures = {
        "address of a direct peer": least_us(lambda: direct.of(asked)),
        "address behind a trusted proxy": least_us(lambda: behind.of(forwarded)),
        "key of a limit": least_us(lambda: address_key("2001:db8::1")),
        "(calling a function that does nothing)": least_us(lambda: None),
        "layers, defaults": layered_us(Policy(), asked),
        "layers, trusted proxy": layered_us(trusting, forwarded),
        "layers, allow-list": layered_us(Policy.model_validate(listed), asked),
        "layers, allow-list and trusted proxy": layered_us(both, forwarded),
    }
    for name, figure in figures.items():
        print(f"{name:40} {figure:5.2f} µs")


if __name__ == "__main__":
    main()

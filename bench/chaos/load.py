"""Clients that ask everything the service offers, and write down what they are answered."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from pydantic import SecretStr

from bench.chaos.history import Event, History, Token
from iargus.auth.jwt.claims import new_claims, sign
from iargus.auth.jwt.key_ring import KeyRing
from iargus.settings.keys import JwtKey
from iargus.settings.tokens import TokenPolicy
from tests.outages.world import KEY

ADA = {"first_name": "Ada", "surname": "King", "email": "ada@example.com"}
CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019}
ANSWER_TIMEOUT_S = 10.0
# The service closes idle connections after 75 s; a client that meets that very moment would
# take it for a fault.
KEEPALIVE_S = 1.0


def bad_tokens(history: History) -> list[Token]:
    """A token that has expired, one signed with another key, and none."""
    kid, _, secret = KEY.partition(":")
    ours = KeyRing([JwtKey(kid=kid, secret=SecretStr(secret))])
    theirs = KeyRing([JwtKey(kid=kid, secret=SecretStr("f" * 48))])
    now, policy = datetime.now(UTC), TokenPolicy()
    old = now - timedelta(days=policy.ttl_days + 1)
    expired = sign(new_claims(policy, subject="s", jti="expired", now=old), ours)
    forged = sign(new_claims(policy, subject="s", jti="forged", now=now), theirs)
    return [
        history.token(expired, "expired"),
        history.token(forged, "forged"),
        history.token("", "missing"),
    ]


class Client:
    """One user on one connection, who asks again and again."""

    def __init__(self, url: str, history: History, seed: str) -> None:
        self._url = url
        self._history = history
        self._chance = random.Random(seed)
        self._tokens: list[Token] = []
        self._revoked: list[Token] = []
        self._answered: list[tuple[Token, str]] = []

    async def run(self, until_s: float) -> None:
        """Ask until this time of the monotonic clock."""
        bad = bad_tokens(self._history)
        limits = httpx2.Limits(max_connections=1, keepalive_expiry=KEEPALIVE_S)
        async with httpx2.AsyncClient(
            base_url=self._url, limits=limits, timeout=ANSWER_TIMEOUT_S
        ) as http:
            await self._get_token(http)
            while time.monotonic() < until_s:
                await self._once(http, bad)
                await asyncio.sleep(self._chance.uniform(0.0, 0.02))

    async def _once(self, http: httpx2.AsyncClient, bad: list[Token]) -> None:
        dice = self._chance.random()
        if dice < 0.1 or not self._tokens:
            await self._get_token(http)
        elif dice < 0.15 and len(self._tokens) > 1:
            token = self._tokens.pop(0)
            answer = await self._ask(http, "/revoke_token", token, {})
            if answer is not None and answer.status == 200:
                self._revoked.append(token)
            await self._predict(http, token)
        elif dice < 0.22 and self._answered:
            token, number = self._answered.pop(0)
            if token in self._tokens:
                body = {"prediction_id": number, "label": 15_000}
                await self._ask(http, "/feedback", token, body)
        elif dice < 0.35:
            await self._predict(http, self._chance.choice(bad))
        elif dice < 0.45 and self._revoked:
            await self._predict(http, self._chance.choice(self._revoked))
        else:
            await self._predict(http, self._chance.choice(self._tokens))

    async def _get_token(self, http: httpx2.AsyncClient) -> None:
        nobody = Token("nobody", "", "missing")
        self._history.tokens.setdefault(nobody.name, nobody)
        await self._ask(http, "/get_token", nobody, ADA)

    async def _predict(self, http: httpx2.AsyncClient, token: Token) -> None:
        if self._chance.random() < 0.6:
            event = await self._ask(http, "/predict", token, None)
            if event is not None and event.prediction_id:
                self._answered.append((token, event.prediction_id))
        else:
            await self._ask(http, "/intent", token, None)

    async def _ask(
        self,
        http: httpx2.AsyncClient,
        route: str,
        token: Token,
        body: Mapping[str, Any] | None,
    ) -> Event | None:
        number = self._history.number()
        if body is None:
            # The recorded row says which request it belongs to.
            body = CAR | {"mileage": number} if route == "/predict" else {"text": f"car {number}"}
        headers = {"Authorization": f"Bearer {token.text}"} if token.text else {}
        began_s = time.monotonic()
        try:
            answer = await http.post(route, json=dict(body), headers=headers)
        except httpx2.HTTPError as error:
            ended_s, name = time.monotonic(), type(error).__name__
            self._history.add(Event(number, route, token.name, began_s, ended_s, error=name))
            return None
        ended_s = time.monotonic()
        content = answer.json()
        event = Event(
            number,
            route,
            token.name,
            began_s,
            ended_s,
            connection=_port(answer),
            status=answer.status_code,
            label=content.get("label", ""),
            retry_after=answer.headers.get("Retry-After", ""),
            prediction_id=content.get("prediction_id", ""),
        )
        self._history.add(event)
        if route == "/get_token" and event.status == 200:
            self._tokens.append(self._history.token(content["token"]))
        return event


def _port(answer: httpx2.Response) -> int | None:
    """The client's port; None where the service has closed the connection after its answer."""
    try:
        address = answer.extensions["network_stream"].get_extra_info("client_addr")
    except OSError:
        return None
    return int(address[1])

"""Getting more than the limit of a token, of an address, or of issuing allows."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from iargus.errors import RateLimited
from iargus.settings import Policy
from tests.api.application import ADA, Api, build, running

QUOTA = 6
TRIES = 3 * QUOTA
PROXY, CLIENT = "10.0.0.1", "203.0.113.7"
# No model is placed here, which is no matter to a limit.
ADMITTED = {200, 202, 401, 404, 405, 422, 503}
Send = Callable[[TestClient, dict[str, str], int], Any]
Start = Callable[..., Any]


@pytest.fixture
def start(tmp_path: Path, empty_var: Path) -> Start:
    """The application on a clock that stands still, asked by `peer`."""

    @contextmanager
    def started(peer: str = CLIENT, **limits: Any) -> Iterator[Api]:
        if not (tmp_path / "var").exists():
            shutil.copytree(empty_var, tmp_path / "var")
        policy = {"limits": limits, "proxies": {"trusted": [PROXY]}}
        services = build(tmp_path / "var", Policy.model_validate(policy), {})
        with running(services, peer=peer) as api:
            yield api

    return started


def admitted(answers: list[Any]) -> int:
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= ADMITTED | {429}
    return sum(status != 429 for status in statuses)


def bad_token(client: TestClient, _: dict[str, str], number: int) -> Any:
    return client.get("/intent?query=a", headers={"Authorization": f"Bearer a.b.c{number}"})


# An address is used up by requests of nobody; each way to be counted elsewhere, or not at all.
OF_AN_ADDRESS: Mapping[str, Send] = {
    "bad tokens, each of them another": bad_token,
    "no token at all": lambda client, _, n: client.post("/predict", json={}),
    "another X-Forwarded-For each time": lambda client, _, n: client.post(
        "/predict", json={}, headers={"X-Forwarded-For": f"192.0.2.{n}"}
    ),
    "another Client-IP and X-Real-IP each time": lambda client, _, n: client.post(
        "/predict", json={}, headers={"Client-IP": f"192.0.2.{n}", "X-Real-IP": f"192.0.2.{n}"}
    ),
    "another Forwarded each time": lambda client, _, n: client.post(
        "/predict", json={}, headers={"Forwarded": f"for=192.0.2.{n}"}
    ),
    "another User-Agent and cookie each time": lambda client, _, n: client.post(
        "/predict", json={}, headers={"User-Agent": str(n), "Cookie": f"id={n}"}
    ),
    "another query each time": lambda client, _, n: client.get(f"/intent?query=a&{n}={n}"),
    "one route after the other": lambda client, _, n: client.request(
        *[
            ("POST", "/predict"),
            ("GET", "/intent?query=a"),
            ("POST", "/intent"),
            ("POST", "/predict/batch"),
            ("POST", "/feedback"),
            ("POST", "/revoke_token"),
            ("GET", "/admin/tokens"),
        ][n % 7]
    ),
    "bodies that are refused for their size": lambda client, _, n: client.post(
        "/predict", content=b"a" * 1_100_000
    ),
    "bodies that are refused for their encoding": lambda client, _, n: client.post(
        "/predict", content=b"a", headers={"Content-Encoding": "gzip"}
    ),
    "a form that no token can be asked with": lambda client, _, n: client.post(
        "/get_token", content=b"first_name=Ada"
    ),
    "the end of a token that never was": lambda client, _, n: client.post(
        "/revoke_token", headers={"Authorization": f"Bearer {n}"}
    ),
}


@pytest.mark.parametrize("name", OF_AN_ADDRESS)
def test_an_address_gets_no_more(start: Start, name: str) -> None:
    with start(address_requests_per_minute=QUOTA) as api:
        send = OF_AN_ADDRESS[name]
        answers = [send(api.client, {}, number) for number in range(TRIES)]
        statuses = [answer.status_code for answer in answers]
        assert statuses[QUOTA:] == [429] * (TRIES - QUOTA)
        assert 429 not in statuses[:QUOTA]


OF_A_TOKEN: Mapping[str, Send] = {
    "the token in the header and in the body by turns": lambda client, who, n: (
        client.post("/intent", json={"text": "a"}, headers=who)
        if n % 2
        else client.post("/intent", json={"text": "a", "security_token": who["Authorization"][7:]})
    ),
    "Bearer in other letters": lambda client, who, n: client.get(
        "/intent?query=a",
        headers={
            "Authorization": ["bearer ", "BEARER ", "Bearer  "][n % 3] + who["Authorization"][7:]
        },
    ),
    "one route after the other with a token": lambda client, who, n: client.request(
        *[("GET", "/intent?query=a"), ("GET", "/api/intent?sentence=a"), ("GET", "/intent?query=")][
            n % 3
        ],
        headers=who,
    ),
    "another version of the model each time": lambda client, who, n: client.post(
        f"/intent?version={n}", json={"text": "a"}, headers=who
    ),
    "requests that are refused for their content": lambda client, who, n: client.post(
        "/predict", content=b"no json", headers=who
    ),
    "labels for predictions that never were": lambda client, who, n: client.post(
        "/predict/batch", json={"cars": []}, headers=who
    ),
    "another X-Forwarded-For with a token each time": lambda client, who, n: client.get(
        "/intent?query=a", headers=who | {"X-Forwarded-For": f"192.0.2.{n}"}
    ),
}


@pytest.mark.parametrize("name", OF_A_TOKEN)
def test_a_token_gets_no_more(start: Start, name: str) -> None:
    with start(requests_per_minute=QUOTA) as api:
        bearer = api.bearer()
        answers = [OF_A_TOKEN[name](api.client, bearer, number) for number in range(TRIES)]
        assert admitted(answers) == QUOTA
        assert answers[-1].json()["violated-policies"] == ["token"]


def test_many_tokens_of_one_person_share_the_limit_of_the_address(start: Start) -> None:
    with start(requests_per_minute=QUOTA, address_requests_per_minute=2 * QUOTA) as api:
        bearers = [api.bearer() for _ in range(5)]
        api.clock.pass_by(minutes=1)
        answers = [
            api.client.get("/intent?query=a", headers=bearers[number % 5])
            for number in range(TRIES)
        ]
        assert admitted(answers) == 2 * QUOTA


@pytest.mark.parametrize(
    "peers",
    [
        pytest.param([f"2001:db8:1:2::{n:x}" for n in range(TRIES)], id="the addresses of a /64"),
        pytest.param(
            [f"2001:db8:1:2:{n:x}:ffff:1:1" for n in range(TRIES)], id="the networks of a /64"
        ),
        pytest.param(
            [
                ["203.0.113.7", "::ffff:203.0.113.7", "::ffff:cb00:7107"][n % 3]
                for n in range(TRIES)
            ],
            id="one IPv4 address in three spellings",
        ),
        pytest.param(
            [["2001:db8::1", "2001:DB8:0::1", "2001:db8:0:0:0:0:0:1"][n % 3] for n in range(TRIES)],
            id="one IPv6 address in three spellings",
        ),
        pytest.param([f"fe80::1%eth{n}" for n in range(TRIES)], id="one address in many zones"),
    ],
)
def test_who_has_many_addresses_has_one_limit(start: Start, peers: list[str]) -> None:
    with start(PROXY, address_requests_per_minute=QUOTA) as api:
        answers = [
            api.client.post("/predict", json={}, headers={"X-Forwarded-For": peer})
            for peer in peers
        ]
        assert admitted(answers) == QUOTA


def test_a_neighbour_has_a_limit_of_its_own(start: Start) -> None:
    """So that none of the attacks above succeeds by refusing everybody."""
    with start(PROXY, address_requests_per_minute=QUOTA) as api:
        for peer in ("2001:db8:1:2::1", "2001:db8:1:3::1", "203.0.113.7", "203.0.113.8"):
            answers = [
                api.client.post("/predict", json={}, headers={"X-Forwarded-For": peer})
                for _ in range(QUOTA)
            ]
            assert admitted(answers) == QUOTA


PATHS: Mapping[str, str] = {
    "a slash behind the path": "/predict/",
    "a path in capitals": "/PREDICT",
    "two slashes before the path": "//predict",
    "percent signs in the path": "/%70redict",
    "a dot in the path": "/./predict",
}


@pytest.mark.parametrize("name", PATHS)
def test_no_spelling_of_a_path_reaches_a_prediction_unlimited(start: Start, name: str) -> None:
    """What is another path leads to no route, or to the same one and its limit."""
    with start(requests_per_minute=QUOTA) as api:
        bearer = api.bearer()
        answers = [
            api.client.post(PATHS[name], json={}, headers=bearer, follow_redirects=True)
            for _ in range(TRIES)
        ]
        reached = [answer for answer in answers if answer.status_code not in (404, 405, 429)]
        assert len(reached) <= QUOTA


def test_parallel_connections_at_the_edge_of_a_window_get_no_more(start: Start) -> None:
    with start(address_requests_per_minute=QUOTA) as api, ThreadPoolExecutor(8) as pool:
        api.clock.pass_by(seconds=59)
        first = list(pool.map(lambda n: bad_token(api.client, {}, n), range(TRIES)))
        api.clock.pass_by(seconds=1)
        second = list(pool.map(lambda n: bad_token(api.client, {}, n), range(TRIES)))
        assert (admitted(first), admitted(second)) == (QUOTA, QUOTA)


@pytest.mark.parametrize("seconds", [-1, -30, -59], ids="a clock set by {} s".format)
def test_a_clock_that_is_set_back_gives_nothing_twice(start: Start, seconds: int) -> None:
    with start(address_requests_per_minute=QUOTA) as api:
        api.clock.pass_by(seconds=90)
        before = [bad_token(api.client, {}, number) for number in range(QUOTA)]
        api.clock.pass_by(seconds=seconds)
        after = [bad_token(api.client, {}, number) for number in range(TRIES)]
        assert admitted(before) == QUOTA
        assert admitted(after) == 0


def test_tokens_are_limited_whoever_they_are_for(start: Start) -> None:
    with start(tokens_per_hour=QUOTA) as api:
        answers = [
            api.client.post("/get_token", json=ADA | {"email": f"person{number}@example.com"})
            for number in range(TRIES)
        ]
        assert admitted(answers) == QUOTA
        # A minute later it is still the same hour.
        api.clock.pass_by(minutes=1)
        assert api.client.post("/get_token", json=ADA).status_code == 429


def test_a_worker_that_starts_anew_forgets_no_request(start: Start) -> None:
    with start(address_requests_per_minute=QUOTA) as api:
        assert admitted([bad_token(api.client, {}, n) for n in range(QUOTA)]) == QUOTA
    with start(address_requests_per_minute=QUOTA) as api:
        assert admitted([bad_token(api.client, {}, n) for n in range(TRIES)]) == 0


def test_a_hundred_thousand_addresses_push_nobody_s_count_out(start: Start) -> None:
    with start(address_requests_per_minute=QUOTA) as api:
        assert admitted([bad_token(api.client, {}, n) for n in range(QUOTA)]) == QUOTA
        limits = api.services.limits
        assert limits is not None

        async def crowd() -> None:
            for number in range(100_000):
                address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
                with suppress(RateLimited):  # a bucket that is full may refuse a newcomer
                    await limits.consume_address(address)

        asyncio.run(crowd())
        assert bad_token(api.client, {}, 0).status_code == 429

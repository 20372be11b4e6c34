"""Lives: tokens that were revoked or have ended, at once, remembered, replayed and elsewhere."""

from __future__ import annotations

import json

import pytest

from iargus.auth.tokens.record import Grant, Holder
from tests.api.test_tokens import GATED
from tests.security.attacks import attack
from tests.security.conftest import Start
from tests.security.door import Door
from tests.security.forger import HEADER, changed, decode, signed

REVOKED, EXPIRED = "TOKEN_REVOKED", "TOKEN_EXPIRED"


def revoke(door: Door, token: str) -> None:
    answer = door.ask("POST", "/revoke_token", token=token)
    assert answer.status == 200, answer.body


def test_control_a_token_lives_until_it_ends_or_is_revoked(own: Door) -> None:
    token, other = own.api.token(), own.api.token()
    own.lets_in(token)
    own.api.clock.pass_by(days=180, seconds=-1)
    own.lets_in(token)
    revoke(own, token)
    own.lets_in(other)


def test_a_revoked_token_at_once(own: Door) -> None:
    token = own.api.token()
    own.lets_in(token)
    revoke(own, token)
    own.refuses(token, REVOKED)


def test_a_token_revoked_by_its_field_in_a_body(own: Door) -> None:
    token = own.api.token()
    assert own.ask("POST", "/revoke_token", document={"security_token": token}).status == 200
    own.refuses(token, REVOKED)


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [attack(f"revoked at {each[0]} {each[1].partition('?')[0]}", *each) for each in GATED],
)
def test_a_revoked_token_on_every_route(
    own: Door, method: str, path: str, document: object
) -> None:
    token = own.api.token()
    revoke(own, token)
    path, _, query = path.partition("?")
    answer = own.ask(method, path, token=token, document=document, query=query)
    assert (answer.status, answer.label) == (401, REVOKED)


def test_a_revoked_token_whose_header_is_spelled_anew(own: Door) -> None:
    """The list names tokens by `jti`, not by how they are written: nor would our key help."""
    token = own.api.token()
    revoke(own, token)
    header, claims = HEADER, json.loads(decode(token.split(".")[1]))
    for again in (
        signed(json.dumps(header, indent=1).encode(), claims),
        signed(header, json.dumps(claims, indent=1).encode()),
        signed(header, changed(claims, exp=claims["exp"] - 1)),
    ):
        own.refuses(again, REVOKED)


def test_a_remembered_signature_after_the_revocation(own: Door) -> None:
    token = own.api.token()
    for _ in range(3):
        own.lets_in(token)
    revoke(own, token)
    for _ in range(3):
        own.refuses(token, REVOKED)


def test_a_remembered_signature_after_the_end(own: Door) -> None:
    token = own.api.token()
    own.lets_in(token)
    own.api.clock.pass_by(days=180)
    own.refuses(token, EXPIRED)


def test_a_token_one_second_after_its_end(own: Door) -> None:
    token = own.api.token()
    own.api.clock.pass_by(days=180, seconds=1)
    own.refuses(token, EXPIRED)


def test_a_token_before_its_beginning(own: Door) -> None:
    token = own.api.token()
    own.api.clock.pass_by(seconds=-1)
    own.refuses(token)


def test_a_token_beyond_the_leeway(start: Start) -> None:
    door = start(tokens={"leeway_s": 5})
    token = door.api.token()
    door.api.clock.pass_by(days=180, seconds=4)
    door.lets_in(token)
    door.api.clock.pass_by(seconds=1)
    door.refuses(token, EXPIRED)


def test_an_expired_token_revives_no_other_when_it_is_revoked(own: Door) -> None:
    token = own.api.token()
    own.api.clock.pass_by(days=180)
    assert own.ask("POST", "/revoke_token", token=token).label == EXPIRED


def test_an_expired_and_revoked_token_after_the_clock_was_put_back(own: Door) -> None:
    token = own.api.token()
    revoke(own, token)
    own.api.clock.pass_by(days=181)
    own.api.services.revocations.refresh()
    own.api.clock.pass_by(days=-181)
    own.api.services.revocations.refresh()
    own.refuses(token, REVOKED)


def test_a_revoked_token_after_a_restart(start: Start) -> None:
    door = start()
    token, other = door.api.token(), door.api.token()
    revoke(door, token)
    again = start()
    again.refuses(token, REVOKED)
    again.lets_in(other)


def test_a_revoked_token_at_another_worker(start: Start) -> None:
    one, two = start(), start()
    token = one.api.token()
    two.lets_in(token)
    revoke(one, token)
    two.api.services.revocations.refresh()
    two.refuses(token, REVOKED)


def test_a_token_that_an_administrator_revoked(own: Door) -> None:
    token = own.api.token()
    own.lets_in(token)
    admin = own.api.services.tokens.issue(
        Holder("Root", "Admin", "root@example.com"), Grant(1, "admin", ())
    )
    body = {"email": "ada@example.com"}
    assert own.ask("POST", "/admin/tokens/revoke", token=admin.token, document=body).status == 200
    own.api.services.revocations.refresh()
    own.refuses(token, REVOKED)

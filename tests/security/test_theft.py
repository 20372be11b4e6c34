"""Theft: what is in the database or belongs to another, used as a token or against its holder."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from iargus.auth.tokens.service import digest_of
from tests.security.attacks import attack
from tests.security.door import Answer, Door
from tests.security.forger import HEADER, changed, claiming, decode, encode, signed


def claims_of(token: str) -> dict[str, object]:
    found = json.loads(decode(token.split(".")[1]))
    assert isinstance(found, dict)
    return found


def test_control_the_holder_can_use_and_end_a_token(own: Door) -> None:
    token = own.api.token()
    own.lets_in(token)
    assert own.ask("POST", "/revoke_token", token=token).status == 200


@pytest.mark.parametrize(
    "column",
    [attack(f"the column {name} as a token", name) for name in ("token", "jti", "kid", "email")],
)
def test_what_the_table_holds_as_a_token(own: Door, column: str) -> None:
    own.api.token()
    with own.api.services.databases[0].transaction() as connection:
        value = connection.execute(text(f"SELECT {column} FROM tokens")).scalar_one()
    own.refuses(value)


def test_a_token_rebuilt_from_its_row_with_the_digest_as_key(own: Door) -> None:
    digest = digest_of(token := own.api.token())
    for secret in (digest.encode(), bytes.fromhex(digest)):
        own.refuses(signed(claims=claims_of(token), secret=secret))


def test_a_token_rebuilt_from_its_row_with_the_digest_as_signature(own: Door) -> None:
    digest = digest_of(token := own.api.token())
    own.refuses(f"{token.rpartition('.')[0]}.{encode(bytes.fromhex(digest))}")


def test_a_row_that_was_written_for_a_forged_token(own: Door) -> None:
    """No row makes a token good: the table is a record and not a list of what to let in."""
    own.api.token()
    forged = signed(claims=claims_of(claiming()), secret=b"a secret of the forger's, long enough")
    digest = digest_of(forged)
    with own.api.services.databases[0].transaction() as connection:
        connection.execute(text("UPDATE tokens SET token = :digest"), {"digest": digest})
    own.refuses(forged)


def test_a_scope_that_was_written_into_the_row(own: Door) -> None:
    """Nor does a row widen a token."""
    token = own.api.token()
    with own.api.services.databases[0].transaction() as connection:
        connection.execute(text("UPDATE tokens SET scope = 'admin', tasks = NULL"))
    answer = own.ask("GET", "/admin/tokens", token=token)
    assert (answer.status, answer.label) == (403, "SCOPE_MISSING")


def _revoke(own: Door, token: str | None, document: object, query: str = "") -> Answer:
    return own.ask("POST", "/revoke_token", token=token, document=document, query=query)


def test_a_revoked_token_revokes_another(own: Door) -> None:
    mine, other = own.api.token(), own.api.token(email="bob@example.com")
    _revoke(own, mine, {})
    _revoke(own, mine, {"security_token": other, "jti": claims_of(other)["jti"]})
    own.lets_in(other)


def test_a_good_token_revokes_another_that_is_named(own: Door) -> None:
    mine, other = own.api.token(), own.api.token(email="bob@example.com")
    jti = claims_of(other)["jti"]
    for document in ({"jti": jti}, {"token": other}, {"email": "bob@example.com"}):
        _revoke(own, mine, document, query=f"jti={jti}&email=bob@example.com")
    own.lets_in(other)


@pytest.mark.parametrize(
    "token",
    [
        attack("revocation without a token", None),
        attack("revocation with nonsense", "a.b.c"),
        attack("revocation with the jti", "jti"),
        attack("revocation with the jti under a forged signature", "forged"),
        attack("revocation with the jti under alg none", "none"),
    ],
)
def test_a_revocation_of_another_s_token(own: Door, token: str | None) -> None:
    victim = own.api.token()
    claims = claims_of(victim)
    forgeries = {
        "jti": str(claims["jti"]),
        "forged": signed(claims=claims, secret=b"a secret of the forger's, long enough"),
        "none": signed(changed(HEADER, alg="none"), claims),
    }
    sent = None if token is None else forgeries.get(token, token)
    answer = _revoke(own, sent, {"jti": claims["jti"], "token": victim})
    assert answer.status == 401
    own.lets_in(victim)


def test_feedback_on_another_s_prediction(own: Door) -> None:
    """Whose it is stands in `sub`, which is signed."""
    mine, other = own.api.token(), own.api.token(email="bob@example.com")
    given = own.ask("POST", "/intent", token=other, document={"text": "hello"}).document
    label = {"prediction_id": given["prediction_id"], "label": given["intent"]}
    assert own.recorded_rows == 1
    answer = own.ask("POST", "/feedback", token=mine, document=label)
    assert (answer.status, answer.label) == (404, "PREDICTION_UNKNOWN")
    assert own.ask("POST", "/feedback", token=other, document=label).status == 202

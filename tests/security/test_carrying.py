"""Carrying: requests that have no token where it belongs, or more than one."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests.api.test_tokens import CAR
from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import GOOD, claiming

OTHER = claiming(jti="b3f1c2d4-0000-4000-8000-000000000002")
BASIC = b64encode(f"ada:{GOOD}".encode()).decode()
BEARER = ("authorization", f"Bearer {GOOD}")


def test_control_a_token_where_it_belongs_opens(door: Door) -> None:
    door.lets_in(GOOD)
    door.lets_in(OTHER)
    for value in (f"bearer {GOOD}", f"BEARER  {GOOD}\t"):
        assert door.ask(
            "POST", "/predict", headers=[("authorization", value)], document=CAR
        ).predicts


@pytest.mark.parametrize(
    "headers",
    [
        attack("the scheme alone", [("authorization", "Bearer")]),
        attack("the scheme and a blank", [("authorization", "Bearer ")]),
        attack("an empty header", [("authorization", "")]),
        attack("the token without a scheme", [("authorization", GOOD)]),
        attack("Basic with the token", [("authorization", f"Basic {GOOD}")]),
        attack("Basic with the token as password", [("authorization", f"Basic {BASIC}")]),
        attack("Digest with the token", [("authorization", f'Digest username="{GOOD}"')]),
        attack("DPoP with the token", [("authorization", f"DPoP {GOOD}")]),
        attack("Token with the token", [("authorization", f"Token {GOOD}")]),
        attack("Bearer with a tab", [("authorization", f"Bearer\t{GOOD}")]),
        attack("Bearer with a colon", [("authorization", f"Bearer: {GOOD}")]),
        attack("Bearer with an equals sign", [("authorization", f"Bearer={GOOD}")]),
        attack("Bearer with a name", [("authorization", f"Bearer token={GOOD}")]),
        attack("Bearer twice", [("authorization", f"Bearer Bearer {GOOD}")]),
        attack("Bearer and a comma", [("authorization", f"Bearer {GOOD},")]),
        attack("two tokens in one header", [("authorization", f"Bearer {GOOD}, Bearer {OTHER}")]),
        attack("the same token twice in one header", [("authorization", f"Bearer {GOOD} {GOOD}")]),
        attack("two headers", [BEARER, ("authorization", f"Bearer {OTHER}")]),
        attack("two headers with the same token", [BEARER, BEARER]),
        attack("two headers, the second nonsense", [BEARER, ("authorization", "Bearer a.b.c")]),
        attack("two headers, the second Basic", [BEARER, ("authorization", "Basic YTpi")]),
        attack("a folded header", [("authorization", f"Bearer\r\n {GOOD}")]),
        attack("a header with a full-width B", [("authorization", f"\uff22earer {GOOD}")]),
    ],
)
def test_another_form_of_the_header(door: Door, headers: list[tuple[str, str]]) -> None:
    before = door.recorded_rows
    for method, path, query in (("POST", "/predict", ""), ("GET", "/intent", "query=hello")):
        answer = door.ask(method, path, headers=headers, document=CAR, query=query)
        assert (answer.status, answer.label) == (401, "TOKEN_INVALID")
    assert door.recorded_rows == before


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        attack("no token at all", [], ""),
        attack("in the query string", [], f"token={GOOD}"),
        attack("in the query string as access_token", [], f"access_token={GOOD}"),
        attack("in the query string as security_token", [], f"security_token={GOOD}"),
        attack("in the query string as a header", [], f"Authorization=Bearer%20{GOOD}"),
        attack("in a cookie", [("cookie", f"token={GOOD}; security_token={GOOD}")], ""),
        attack("in a cookie named Authorization", [("cookie", f"Authorization=Bearer {GOOD}")], ""),
        attack("in Proxy-Authorization", [("proxy-authorization", f"Bearer {GOOD}")], ""),
        attack("in X-Authorization", [("x-authorization", f"Bearer {GOOD}")], ""),
        attack("in X-Access-Token", [("x-access-token", GOOD)], ""),
        attack("in X-Api-Key", [("x-api-key", GOOD)], ""),
        attack("in X-Forwarded-Authorization", [("x-forwarded-authorization", GOOD)], ""),
        attack("in X-Amzn-Oidc-Data", [("x-amzn-oidc-data", GOOD)], ""),
        attack("in X-Ms-Token-Aad-Access-Token", [("x-ms-token-aad-access-token", GOOD)], ""),
        attack("in a name with a blank", [("authorization ", f"Bearer {GOOD}")], ""),
        attack("in a name with an underscore", [("http_authorization", f"Bearer {GOOD}")], ""),
        attack("in Sec-WebSocket-Protocol", [("sec-websocket-protocol", f"bearer, {GOOD}")], ""),
        attack("a user that a proxy would name", [("x-forwarded-user", "ada@example.com")], ""),
        attack("a user that a gateway would name", [("x-remote-user", "root")], ""),
        attack("a principal that Azure would name", [("x-ms-client-principal-name", "a")], ""),
        attack("a certificate that a proxy would name", [("x-client-cert", "MIIB")], ""),
        attack("a call that says it is from inside", [("x-forwarded-for", "127.0.0.1")], ""),
        attack("a method that is overridden", [("x-http-method-override", "GET")], ""),
        attack("a path that is overridden", [("x-original-url", "/live")], ""),
        attack("a path that is rewritten", [("x-rewrite-url", "/docs")], ""),
    ],
)
def test_a_token_in_another_place(door: Door, headers: list[tuple[str, str]], query: str) -> None:
    before = door.recorded_rows
    for method, path in (("POST", "/predict"), ("POST", "/intent"), ("GET", "/intent")):
        answer = door.ask(method, path, headers=headers, document=CAR, query=f"query=x&{query}")
        assert (answer.status, answer.label) == (401, "TOKEN_MISSING")
        assert answer.headers["www-authenticate"] == 'Bearer realm="iargus"'
    assert door.recorded_rows == before


FIELD = f'"security_token":"{GOOD}"'


@pytest.mark.parametrize(
    "body",
    [
        attack("empty body", ""),
        attack("a form in place of JSON", f"security_token={GOOD}"),
        attack("the token alone as body", GOOD),
        attack("the token in quotes as body", f'"{GOOD}"'),
        attack("a list around the object", f"[{{{FIELD}}}]"),
        attack("the field in capitals", f"{{{FIELD.replace('security', 'SECURITY')}}}"),
        attack("the field with a hyphen", f"{{{FIELD.replace('_', '-', 1)}}}"),
        attack("the field a level deeper", f'{{"a":{{{FIELD}}}}}'),
        attack("the field twice, good last", f'{{"security_token":"a.b.c",{FIELD}}}'),
        attack("the field twice, good first", f'{{{FIELD},"security_token":"a.b.c"}}'),
        attack("the field twice, once in escapes", f'{{{FIELD},"\\u0073ecurity_token":"x"}}'),
        attack("the field null", '{"security_token":null}'),
        attack("the field empty", '{"security_token":""}'),
        attack("half a pair in the field", '{"security_token":"\\ud800"}'),
        attack("a body that breaks off", f"{{{FIELD}"),
    ],
)
def test_another_form_of_the_body(door: Door, body: str) -> None:
    before = door.recorded_rows
    answer = door.ask("POST", "/intent", body=body.encode())
    assert (answer.status, answer.label) == (401, "TOKEN_MISSING")
    assert door.recorded_rows == before


@pytest.mark.parametrize(
    ("header", "field", "status"),
    [
        attack("good in the header, another good one in the body", GOOD, OTHER, 400),
        attack("good in the header, nonsense in the body", GOOD, "a.b.c", 400),
        attack("nonsense in the header, good in the body", "a.b.c", GOOD, 400),
        attack("good in the header, a list in the body", GOOD, [GOOD], 401),
        attack("good in the header, cut in the body", GOOD, GOOD[:-1], 400),
        attack("good in the header, a blank more in the body", GOOD, f"{GOOD} ", 400),
    ],
)
def test_two_tokens_that_differ(door: Door, header: str, field: object, status: int) -> None:
    before = door.recorded_rows
    document = {"text": "hello", "security_token": field}
    answer = door.ask("POST", "/intent", token=header, document=document)
    assert answer.status == status
    assert door.recorded_rows == before

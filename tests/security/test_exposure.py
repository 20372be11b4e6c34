"""Exposure: parts of the service that are closed, and pages that are open to all."""

from __future__ import annotations

import pytest

from tests.security.attacks import attack
from tests.security.conftest import Start
from tests.security.door import Door
from tests.security.forger import KID, claiming

ADMINISTRATOR = claiming(scope="admin", tasks=[])


def test_control_what_is_not_closed_is_open(door: Door) -> None:
    for path in ("/metrics", "/docs", "/openapi.json", "/", "/live"):
        assert door.ask("GET", path).status == 200
    assert door.ask("GET", "/admin/tokens", token=ADMINISTRATOR).status == 200


CLOSED = {
    "/metrics": "metrics",
    "/docs": "pages",
    "/openapi.json": "pages",
    "/docs/assets/swagger-ui.css": "pages",
    "/": "pages",
    "/admin/tokens": "administration",
    "/predict": "api",
    "/get_token": "api",
}


@pytest.mark.parametrize(
    ("path", "part"), [attack(f"{path} from outside", path, part) for path, part in CLOSED.items()]
)
def test_a_part_that_is_closed(start: Start, path: str, part: str) -> None:
    """Also with an administrator's token, however the path is spelled, and whatever is claimed of
    where the request comes from."""
    door = start(access={part: ["192.0.2.0/24"]})
    forwarded = [("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.1")]
    for spelled in (path, f"{path}/", f"/{path}", f"{path}//", path.upper(), f"/.{path}"):
        for method in ("GET", "POST"):
            answer = door.ask(method, spelled, token=ADMINISTRATOR, headers=forwarded, document={})
            assert answer.status in (403, 404, 405, 307), answer.body
            assert spelled != path or answer.label == "ADDRESS_NOT_ALLOWED"
    assert door.ask("GET", "/live").status == 200


@pytest.mark.parametrize(
    "path",
    [
        attack(f"{path} shows a token", path)
        for path in ("/metrics", "/openapi.json", "/docs", "/ready")
    ],
)
def test_a_public_page_shows_nothing_of_anybody(door: Door, path: str) -> None:
    token = door.api.token(email="countess@example.com")
    door.lets_in(token)
    page = door.ask("GET", path)
    assert page.status == 200
    claims, _ = door.api.services.tokens.authenticate(token)
    for known in (token, claims.jti, claims.sub, "countess", KID):
        assert known.encode() not in page.body

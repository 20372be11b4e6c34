"""Routes: other spellings of a path, other methods, another protocol, every route that is there."""

from __future__ import annotations

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.api.test_tokens import CAR, GATED
from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import GOOD

PATHS = {
    "a slash behind": "/predict/",
    "two slashes before": "//predict",
    "two slashes behind": "/predict//",
    "in capitals": "/PREDICT",
    "a percent-encoded letter that stays": "/%70redict",
    "a percent-encoded slash": "/%2fpredict",
    "a parameter of the path": "/predict;x=y",
    "a dot": "/./predict",
    "out of the documentation": "/docs/../predict",
    "out of the files of the documentation": "/docs/assets/../../predict",
    "into the documentation": "/predict/../docs",
    "behind a public path": "/live/predict",
    "before a public path": "/predict/live",
    "with an ending": "/predict.json",
    "with a zero byte": "/predict\0",
    "with a blank": "/predict ",
    "with a line feed": "/predict\n",
    "with backslashes": "\\predict",
    "with a question mark that stays": "/predict?x",
    "with a full-width letter": "/\uff50redict",
    "as a whole address": "http://testserver/predict",
    "empty": "",
}


@pytest.mark.parametrize("path", [attack(f"path {name}", path) for name, path in PATHS.items()])
def test_another_path(door: Door, path: str) -> None:
    before = door.recorded_rows
    for method in ("POST", "GET"):
        answer = door.ask(method, path, document=CAR, query="query=hello")
        assert answer.status in (307, 401, 404, 405), answer.body
        assert not answer.predicts
    assert door.recorded_rows == before


METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "post", "POST ")


@pytest.mark.parametrize("method", [attack(f"method {method!r}", method) for method in METHODS])
def test_another_method(door: Door, method: str) -> None:
    """Neither with a good token: a prediction has one method."""
    before = door.recorded_rows
    for token in (None, GOOD):
        answer = door.ask(method, "/predict", token=token, document=CAR)
        assert answer.status == 405
        assert not answer.predicts
    assert door.recorded_rows == before


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        attack(f"nonsense at {method} {path.partition('?')[0]}", method, path, document)
        for method, path, document in GATED
    ],
)
def test_every_route_asks(door: Door, method: str, path: str, document: object) -> None:
    path, _, query = path.partition("?")
    for token, label in ((None, "TOKEN_MISSING"), ("a.b.c", "TOKEN_INVALID")):
        answer = door.ask(method, path, token=token, document=document, query=query)
        assert (answer.status, answer.label) == (401, label)


def test_control_these_are_all_the_routes(door: Door) -> None:
    """What the description of the API says needs a token, but for `/admin` and `/revoke_token`,
    which are attacked elsewhere."""
    described = door.ask("GET", "/openapi.json").document["paths"]
    gated = {
        (method.upper(), path)
        for path, methods in described.items()
        for method, operation in methods.items()
        if "security" in operation and not path.startswith(("/admin", "/revoke_token"))
    }
    assert gated == {(method, path.partition("?")[0]) for method, path, _ in GATED}
    public = {
        path
        for path, methods in described.items()
        for each in methods.values()
        if "security" not in each
    }
    assert public == {"/", "/live", "/ready", "/metrics", "/get_token"}


@pytest.mark.parametrize(
    "path", [attack(f"a WebSocket to {path}", path) for path in ("/predict", "/intent")]
)
def test_another_protocol(door: Door, path: str) -> None:
    """Also with a good token: there is nothing to talk to."""
    headers = {"Authorization": f"Bearer {GOOD}"}
    with (
        pytest.raises(WebSocketDisconnect),
        door.api.client.websocket_connect(path, headers=headers),
    ):
        pass

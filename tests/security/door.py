"""The door of the whole application, at which every attack of this suite knocks."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import Message, Scope

from tests.api.application import Api
from tests.api.test_tokens import CAR

INVALID = "TOKEN_INVALID"
TEXT = {"text": "hello"}
NONSENSE = "a.b.c"
WITHIN_S = 30.0


@dataclass(frozen=True)
class Answer:
    """What came back; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found

    @property
    def label(self) -> str:
        """The stable label of a problem."""
        assert self.headers["content-type"] == "application/problem+json", self.body
        return str(self.document["label"])

    @property
    def predicts(self) -> bool:
        """Whether something was predicted, whatever the status says."""
        return b"prediction_id" in self.body or b"predicted_price" in self.body


class Door:
    """Asks the application as a server would, past any client that tidies requests up."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._nonsense = self.ask("POST", "/predict", token=NONSENSE, document=CAR)

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        headers: Iterable[tuple[str, str | bytes]] = (),
        document: object = None,
        body: bytes = b"",
        query: str = "",
    ) -> Answer:
        """Send one request; `path` is as a server decodes it, and an error is not caught."""
        if document is not None:
            body = json.dumps(document).encode()
        fields = [("content-type", "application/json"), ("content-length", str(len(body)))]
        bearer = [] if token is None else [("authorization", f"Bearer {token}")]
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (name.encode(), _bytes(value)) for name, value in (*fields, *bearer, *headers)
            ],
            "client": ("203.0.113.7", 50_000),
            "server": ("testserver", 80),
        }
        portal = self.api.client.portal
        assert portal is not None
        return portal.call(self._answer, scope, body)

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        coming: list[Message] = [
            {"type": "http.disconnect"},
            {"type": "http.request", "body": body, "more_body": False},
        ]
        sent: list[Message] = []

        async def receive() -> Message:
            return coming.pop()

        async def send(message: Message) -> None:
            sent.append(message)

        await self.api.client.app(scope, receive, send)
        start, *rest = sent
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]
        }
        return Answer(start["status"], headers, b"".join(part.get("body", b"") for part in rest))

    def in_header(self, token: str) -> list[Answer]:
        """What the token opens in the header: a prediction, and a route that is read."""
        return [
            self.ask("POST", "/predict", token=token, document=CAR),
            self.ask("GET", "/intent", token=token, query="query=hello"),
        ]

    def in_body(self, token: str) -> list[Answer]:
        """What the token opens in the body's field `security_token`."""
        return [self.ask("POST", "/intent", document={**TEXT, "security_token": token})]

    @property
    def recorded_rows(self) -> int:
        """Predictions that were given and are recorded, or wait for it."""
        recorder = self.api.services.recorder
        deadline_s = time.monotonic() + WITHIN_S
        while recorder.waiting_rows:
            assert time.monotonic() < deadline_s, "what was predicted is written"
            time.sleep(0.001)
        assert recorder.dropped_rows == 0
        return recorder.recorded_rows

    def lets_in(self, token: str) -> None:
        """A good token is let in wherever it stands, and what it got is recorded: without this, a
        refusal could be the fault of the door."""
        before = self.recorded_rows
        for answer in (*self.in_header(token), *self.in_body(token)):
            assert answer.status == 200, answer.body
        assert self.recorded_rows == before + 2

    def refuses(self, token: str, label: str = INVALID, *, header: bool = True) -> None:
        """The token opens nothing in the header (where it can be in one at all) or in the body,
        leaves no trace, and whoever sent it learns no more than from nonsense."""
        before = self.recorded_rows
        for answer in [*(self.in_header(token) if header else ()), *self.in_body(token)]:
            assert answer.status == 401, (answer.status, answer.body)
            assert answer.label == label
            assert (
                answer.headers["www-authenticate"] == 'Bearer realm="iargus", error="invalid_token"'
            )
            assert not answer.predicts
            if label == INVALID:
                assert answer == self._nonsense
        assert self.recorded_rows == before


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()

"""Somebody who uses the service: a good token, a revoked one, a spare one, and what they ask."""

from __future__ import annotations

import json
import socket
import time
from http.client import HTTPConnection
from types import TracebackType
from typing import Self

import httpx2

from tests.outages.workers import worker_of
from tests.outages.world import World

ADA = {"first_name": "Ada", "surname": "King", "email": "ada@example.com"}
CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
SENTENCE = {"text": "how much is my car worth?"}
# Many times what an answer takes, and less than any timeout of the driver.
AT_ONCE_S = 1.5
EVERY_WORKER_S = 30.0


class User:
    """Every request on a connection of its own, so that it may meet any worker."""

    def __init__(self, service: World) -> None:
        self.service = service
        self.server = service.server
        self.answered: list[str] = []
        self.token = self.revoked = self.spare = ""
        self._client = httpx2.Client(
            base_url=self.server.url, timeout=30, limits=httpx2.Limits(max_keepalive_connections=0)
        )

    def __enter__(self) -> Self:
        self.token, self.revoked, self.spare = (self.new_token() for _ in range(3))
        self.revoke(self.revoked)
        self.server.wait_for(self.is_refused_everywhere, "every worker knows of the revocation")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def is_refused_everywhere(self) -> bool:
        return self.predict_everywhere(self.revoked) == {401}

    def predict_everywhere(self, token: str) -> set[int]:
        """The statuses of a prediction from each worker that there is."""
        statuses: dict[int, int] = {}
        workers = self.service.workers()
        deadline_s = time.monotonic() + EVERY_WORKER_S
        headers = {"Authorization": f"Bearer {token}"}
        while set(statuses) != set(workers):
            assert time.monotonic() < deadline_s, f"{workers} were asked, {statuses} answered"
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as raw:
                connection = HTTPConnection("127.0.0.1", self.server.port)
                connection.sock = raw
                connection.request("POST", "/predict", json.dumps(CAR), headers)
                status = connection.getresponse().status
                worker = worker_of(self.server.port, raw.getsockname()[1], workers)
            if worker is None:
                workers = self.service.workers()
            else:
                statuses[worker] = status
        return set(statuses.values())

    def new_token(self) -> str:
        """A token; on a busy machine the database may be late, and one comes back as told."""
        answers: list[httpx2.Response] = []

        def is_issued() -> bool:
            answers.append(self.get_token())
            return answers[-1].status_code == 200

        self.server.wait_for(is_issued, "a token is issued")
        return str(answers[-1].json()["token"])

    def revoke(self, token: str) -> None:
        self.server.wait_for(
            lambda: self.post("/revoke_token", token, {}).status_code == 200, "it is revoked"
        )

    def get_token(self) -> httpx2.Response:
        return self.post("/get_token", "", ADA)

    def predict(self, token: str | None = None) -> httpx2.Response:
        """A price; its number is kept in `answered`."""
        answer = self.post("/predict", self.token if token is None else token, CAR)
        if answer.status_code == 200:
            self.answered.append(answer.json()["prediction_id"])
        return answer

    def intent(self) -> httpx2.Response:
        answer = self.post("/intent", self.token, SENTENCE)
        if answer.status_code == 200:
            self.answered.append(answer.json()["prediction_id"])
        return answer

    def post(self, path: str, token: str, body: object) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._client.post(path, json=body, headers=headers)

    def needs_the_database(self) -> list[tuple[str, httpx2.Response, float]]:
        """Everything that writes or reads it: name, answer and how long that took, in s.

        What is to be revoked is a token of its own: one that was answered with 503 may end yet.
        """
        found = []
        for path, token, body in (
            ("/get_token", "", ADA),
            ("/revoke_token", self.spare, {}),
            ("/feedback", self.token, {"prediction_id": self.answered[0], "label": 15_000}),
        ):
            began_s = time.monotonic()
            answer = self.post(path, token, body)
            found.append((path, answer, time.monotonic() - began_s))
        return found

"""A model whose processes are busy is a reason to come back, and no more is told."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from iargus.api.problems import from_error
from iargus.errors import ModelBusy, ModelFailed
from iargus.serving.loaded_models import LoadedModel
from iargus.serving.pool.pool import EstimatorPool
from iargus.settings.serving import UncompiledPolicy
from tests.api.application import Api, FixedChampions


def test_a_busy_model_is_503_with_a_time_to_come_back() -> None:
    answer = from_error(ModelBusy("the process 4711 is busy"))
    problem = json.loads(bytes(answer.body))
    assert (answer.status_code, problem["label"]) == (503, "MODEL_BUSY")
    assert int(answer.headers["Retry-After"]) > 0
    assert "4711" not in problem["detail"]


def test_what_an_estimator_raises_stays_here() -> None:
    answer = from_error(ModelFailed("ValueError: secret of the model"))
    assert answer.status_code == 500
    assert b"secret" not in bytes(answer.body)


class FullPool:
    """Has room for as many as a pool of the default size, and keeps them all waiting."""

    def __init__(self) -> None:
        policy = UncompiledPolicy()
        self.room = policy.processes + policy.queue
        self.waiting = threading.Semaphore(self.room)
        self.arrived = threading.Semaphore(0)
        self.go_on = threading.Event()

    in_process = False

    def is_fast(self, _: object) -> bool:
        return False

    def predict(self, *_: object) -> list[dict[str, Any]]:
        if not self.waiting.acquire(blocking=False):
            raise ModelBusy("full")
        self.arrived.release()
        assert self.go_on.wait(30)
        return [{"intent": "a", "probability": 1.0, "intents": []}]


def test_one_more_than_may_wait_is_told_at_once(api: Api) -> None:
    headers, pool = api.bearer(), FullPool()
    champions = api.services.champions
    assert isinstance(champions, FixedChampions)
    champions.models["intent"] = LoadedModel("2", cast(EstimatorPool, pool))

    def ask(_: int) -> int:
        return api.client.post("/intent", json={"text": "x"}, headers=headers).status_code

    with ThreadPoolExecutor(pool.room) as clients:
        served = [clients.submit(ask, number) for number in range(pool.room)]
        for _ in range(pool.room):
            assert pool.arrived.acquire(timeout=30)
        # All of them hold a thread, and still there is one to say so.
        assert [ask(0) for _ in range(3)] == [503, 503, 503]
        pool.go_on.set()
        assert [each.result() for each in served] == [200] * pool.room

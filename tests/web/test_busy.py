"""A model whose processes are busy is a reason to come back, and no more is told."""

from __future__ import annotations

import json

from iargus.errors import ModelBusy, ModelFailed
from iargus.web.problems import from_error


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

"""Scopes: tokens that are good, and used for more than they are for."""

from __future__ import annotations

import pytest

from tests.api.test_admin import ADMIN
from tests.api.test_tokens import CAR, GATED
from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import GOOD, claiming

ADMINISTRATOR = claiming(scope="admin", tasks=[])
SCOPE_MISSING, TASK_NOT_ALLOWED = (403, "SCOPE_MISSING"), (403, "TASK_NOT_ALLOWED")
NARROW = claiming(tasks=["intent"])


def test_control_each_token_opens_what_it_is_for(door: Door) -> None:
    door.lets_in(GOOD)
    door.lets_in(claiming(tasks=["car_price", "intent"]))
    assert door.ask("POST", "/intent", token=NARROW, document={"text": "hello"}).predicts
    assert door.ask("GET", "/admin/tokens", token=ADMINISTRATOR).status == 200


@pytest.mark.parametrize(
    ("path", "document"),
    [
        attack("a token for intent at /predict", "/predict", CAR),
        attack("a token for intent at /predict/batch", "/predict/batch", {"cars": [CAR]}),
        attack("a token for intent at /predict with no input", "/predict", {}),
        attack(
            "a token for intent that says so in its body", "/predict", {**CAR, "task": "intent"}
        ),
        attack(
            "a token for intent that names its tasks", "/predict", {**CAR, "tasks": ["car_price"]}
        ),
    ],
)
def test_a_token_for_another_task(door: Door, path: str, document: object) -> None:
    before = door.recorded_rows
    for query in ("", "version=1", "task=intent"):
        answer = door.ask("POST", path, token=NARROW, document=document, query=query)
        assert (answer.status, answer.label) == TASK_NOT_ALLOWED
    assert door.recorded_rows == before


@pytest.mark.parametrize(
    "tasks",
    [
        attack("no task", []),
        attack("an empty name of a task", [""]),
        attack("a task in capitals", ["CAR_PRICE", "INTENT"]),
        attack("a task and a blank", ["car_price ", " intent"]),
        attack("every task by a star", ["*"]),
        attack("every task by a pattern", [".*"]),
        attack("tasks with a comma", ["car_price,intent"]),
        attack("tasks by their paths", ["/predict", "/intent"]),
        attack("the first letters of a task", ["car", "int"]),
    ],
)
def test_a_list_of_tasks_that_names_none(door: Door, tasks: list[str]) -> None:
    token, before = claiming(tasks=tasks), door.recorded_rows
    for answer in (*door.in_header(token), *door.in_body(token)):
        assert (answer.status, answer.label) == TASK_NOT_ALLOWED
    assert door.recorded_rows == before


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [attack(f"a token for one task at {each[0]} {each[1]}", *each) for each in ADMIN],
)
def test_a_narrow_token_at_the_administration(
    door: Door, method: str, path: str, document: object
) -> None:
    for token in (NARROW, claiming(tasks=["admin"]), claiming(tasks=["/admin/tokens"])):
        answer = door.ask(method, path, token=token, document=document)
        assert (answer.status, answer.label) == SCOPE_MISSING


@pytest.mark.parametrize(
    "scope",
    [
        attack("no scope", None),
        attack("scope Admin", "Admin"),
        attack("scope admin and a blank", "admin "),
        attack("scope admin among others", "admin read"),
        attack("scope admin with a comma", "admin,write"),
        attack("scope administrator", "administrator"),
        attack("scope root", "root"),
        attack("scope of a star", "*"),
        attack("scope with a full-width letter", "\uff41dmin"),
        attack("scope admin and a zero byte", "admin\0"),
    ],
)
def test_another_scope_at_the_administration(door: Door, scope: str | None) -> None:
    token = GOOD if scope is None else claiming(scope=scope)
    for method, path, document in ADMIN:
        answer = door.ask(method, path, token=token, document=document)
        assert (answer.status, answer.label) == SCOPE_MISSING


@pytest.mark.parametrize(
    ("scope", "tasks"),
    [
        attack("an administrator's token with no task", "admin", []),
        attack("an administrator's token without a list of tasks", "admin", None),
        attack("an administrator's token with all tasks", "admin", ["car_price", "intent"]),
        attack("a scope that a later release may know", "read-only", None),
        attack("a scope that is a task", "intent", None),
    ],
)
def test_a_scope_at_a_task(door: Door, scope: str, tasks: list[str] | None) -> None:
    token = claiming(scope=scope, **({} if tasks is None else {"tasks": tasks}))
    before = door.recorded_rows
    for method, path, document in GATED:
        if path != "/feedback":
            path, _, query = path.partition("?")
            answer = door.ask(method, path, token=token, document=document, query=query)
            assert (answer.status, answer.label) == TASK_NOT_ALLOWED
    assert door.recorded_rows == before


@pytest.mark.parametrize(
    ("holder", "narrow"),
    [
        attack("feedback with a token for another task", GOOD, NARROW),
        attack("feedback with an administrator's token", GOOD, ADMINISTRATOR),
        attack("feedback with a token for no task", GOOD, claiming(tasks=[])),
    ],
)
def test_feedback_of_another_task(door: Door, holder: str, narrow: str) -> None:
    given = door.ask("POST", "/predict", token=holder, document=CAR).document
    assert door.recorded_rows
    label = {"prediction_id": given["prediction_id"], "label": 9_000}
    answer = door.ask("POST", "/feedback", token=narrow, document=label)
    assert (answer.status, answer.label) == TASK_NOT_ALLOWED
    assert door.ask("POST", "/feedback", token=holder, document=label).status == 202

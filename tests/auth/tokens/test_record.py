"""What a token is for, as columns hold it."""

from __future__ import annotations

import pytest

from iargus.auth.tokens.record import Grant, tasks_of, tasks_text


@pytest.mark.parametrize("tasks", [None, (), ("intent",), ("car_price", "intent")])
def test_tasks_come_back_as_they_were(tasks: tuple[str, ...] | None) -> None:
    """No task at all, as administrators have, is not every task."""
    assert tasks_of(tasks_text(tasks)) == tasks


@pytest.mark.parametrize(("asked", "given"), [(None, None), (7, 7), (30, 30), (31, 30)])
def test_a_grant_follows_a_policy_that_became_shorter(asked: int | None, given: int | None) -> None:
    """As it may between the request for a link and its use."""
    assert Grant(asked, tasks=("intent",)).at_most(30) == Grant(given, tasks=("intent",))

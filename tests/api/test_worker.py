"""A worker that ends waits for who takes its place, and only for that."""

from __future__ import annotations

import os

import pytest

from iargus.server.worker import WorkerGenerations


def started(*ages: int) -> WorkerGenerations:
    handover = WorkerGenerations()
    for age in ages:
        handover.forked(age)
        handover.ready(age)
    return handover


def test_nobody_is_awaited_at_a_stop() -> None:
    handover = started(1, 2)
    assert not handover.is_succeeded(1, workers=2)
    assert not handover.is_succeeded(2, workers=2)


def test_one_that_replaced_a_worker_that_died_is_no_reload() -> None:
    handover = started(1, 2)
    handover.forked(3)
    assert not handover.is_succeeded(2, workers=2)


def test_after_a_reload_both_old_ones_wait_until_a_new_one_is_ready_in_its_own_process() -> None:
    handover = started(1, 2)
    handover.forked(3)
    handover.forked(4)
    assert handover.is_succeeded(1, workers=2)
    assert handover.is_succeeded(2, workers=2)
    child = os.fork()
    if child == 0:
        handover.ready(3)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert not handover.is_succeeded(1, workers=2)
    assert not handover.is_succeeded(2, workers=2)


@pytest.mark.parametrize("order", [(3, 4), (4, 3)])
def test_the_order_in_which_workers_become_ready_does_not_matter(order: tuple[int, int]) -> None:
    handover = started(1, 2)
    handover.forked(4)
    for age in order:
        handover.ready(age)
    assert not handover.is_succeeded(1, workers=2)

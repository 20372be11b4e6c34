"""A worker that ends waits for who takes its place, and only for that."""

from __future__ import annotations

import os

import pytest

from iargus.web.handover import Handover


def test_nobody_is_awaited_without_a_younger_worker() -> None:
    handover = Handover()
    for age in (1, 2):
        handover.forked(age)
        handover.ready(age)
    assert not handover.is_awaited(2)
    # At a stop the older ones are not in the way either.
    assert not handover.is_awaited(1)


def test_a_younger_worker_is_awaited_until_it_is_ready_in_its_own_process() -> None:
    handover = Handover()
    handover.ready(1)
    handover.forked(2)
    assert handover.is_awaited(1)
    child = os.fork()
    if child == 0:
        handover.ready(2)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert not handover.is_awaited(1)


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_the_order_in_which_workers_become_ready_does_not_matter(order: tuple[int, int]) -> None:
    handover = Handover()
    handover.forked(3)
    for age in order:
        handover.ready(age)
    assert not handover.is_awaited(1)

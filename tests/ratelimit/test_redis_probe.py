"""A breaker says nothing of a moment, and does not flutter."""

from __future__ import annotations

import asyncio
import logging

import pytest

from iargus.ratelimit.redis_counters import ProbedBreaker

LATE = TimeoutError("late")


async def answers() -> None:
    await asyncio.sleep(0)


async def closed(breaker: ProbedBreaker) -> None:
    async with asyncio.timeout(10):
        while breaker.open:
            await asyncio.sleep(0.001)


def test_one_late_answer_is_not_worth_a_line(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        breaker = ProbedBreaker("Redis", answers, interval_s=60)
        breaker.trip(LATE)
        assert breaker.open
        await closed(breaker)

    with caplog.at_level(logging.INFO):
        asyncio.run(scenario())
    assert caplog.records == []


def test_a_server_that_answers_probes_only_is_left_alone_for_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario() -> None:
        breaker = ProbedBreaker("Redis", answers, interval_s=60)
        breaker.trip(LATE)
        await closed(breaker)
        breaker.trip(LATE)
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert breaker.open
        await breaker.stop()

    with caplog.at_level(logging.INFO):
        asyncio.run(scenario())
    assert [record.getMessage() for record in caplog.records] == [
        "Redis does not answer: each host counts by itself (late)"
    ]


def test_it_goes_on_asking_until_there_is_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    asked = 0

    async def third_time() -> None:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise ConnectionError("refused")

    async def scenario() -> None:
        breaker = ProbedBreaker("Redis", third_time, interval_s=0.01)
        breaker.trip(LATE)
        await closed(breaker)

    with caplog.at_level(logging.INFO):
        asyncio.run(scenario())
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]

"""A coroutine that is begun before it is awaited ends as if it had been awaited."""

from __future__ import annotations

import asyncio

import pytest

from iargus.api.gate.body import EagerCoroutine


async def at_once() -> int:
    return 7


async def after(event: asyncio.Event, seen: list[str]) -> int:
    try:
        await event.wait()
        await asyncio.sleep(0)
        await event.wait()
    except asyncio.CancelledError:
        seen.append("cancelled")
        raise
    finally:
        seen.append("end")
    return 7


async def fail(event: asyncio.Event | None) -> int:
    if event is not None:
        await event.wait()
    raise KeyError("x")


def test_what_need_not_wait_is_done_at_once() -> None:
    begun = EagerCoroutine(at_once())
    assert begun.is_done
    assert begun.result == 7
    with pytest.raises(KeyError):
        EagerCoroutine(fail(None))


def test_what_waits_is_awaited_to_its_end() -> None:
    async def story() -> None:
        event, seen = asyncio.Event(), list[str]()
        begun = EagerCoroutine(after(event, seen))
        assert not begun.is_done
        asyncio.get_running_loop().call_soon(event.set)
        assert await begun == 7
        assert seen == ["end"]

    asyncio.run(story())


def test_a_timeout_and_an_error_get_through() -> None:
    async def story() -> None:
        seen: list[str] = []
        begun = EagerCoroutine(after(asyncio.Event(), seen))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await begun
        assert seen == ["cancelled", "end"]
        event = asyncio.Event()
        failing = EagerCoroutine(fail(event))
        event.set()
        with pytest.raises(KeyError):
            await failing

    asyncio.run(story())

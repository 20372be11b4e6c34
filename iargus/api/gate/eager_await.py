"""Awaiting what is usually there already."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class EagerCoroutine(Generic[T]):
    """A coroutine that has been run until it had to wait, or to its end.

    A body has mostly arrived with its head: then nobody waits, and what guards a wait, such as a
    timeout, need not be set up, which takes longer than to read it.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._coroutine = coroutine
        self._waits_for: Any = None
        self.is_done = False
        try:
            self._waits_for = coroutine.send(None)
        except StopIteration as end:
            self.result: T = end.value
            self.is_done = True

    def __await__(self) -> Generator[Any, Any, T]:
        """Wait for the rest of it; to be awaited at once where `is_done` is False."""
        waits_for = self._waits_for
        while True:
            thrown: BaseException | None = None
            sent = None
            try:
                sent = yield waits_for
            except BaseException as error:
                thrown = error
            try:
                if thrown is None:
                    waits_for = self._coroutine.send(sent)
                else:
                    waits_for = self._coroutine.throw(thrown)
            except StopIteration as end:
                value: T = end.value
                return value

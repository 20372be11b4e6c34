"""What happened: every request with its answer, every token, every fault, every recorded row.

Times are seconds of one monotonic clock.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["valid", "expired", "forged", "missing"]


@dataclass(frozen=True)
class Token:
    """A token by the name that the history calls it; `valid` until somebody revokes it."""

    name: str
    text: str = field(repr=False)
    kind: Kind = "valid"


@dataclass(frozen=True)
class Event:
    """One request. `connection` is the client's own port: one connection, one worker. Either
    `status` is set, or `error` says how the connection failed."""

    number: int
    route: str
    token: str
    began_s: float
    ended_s: float
    connection: int | None = None
    status: int | None = None
    label: str = ""
    retry_after: str = ""
    error: str = ""
    prediction_id: str = ""


@dataclass(frozen=True)
class Window:
    """One fault: from before it began until its end was over."""

    fault: str
    began_s: float
    ended_s: float

    @property
    def is_database(self) -> bool:
        return self.fault.startswith("database ")

    @property
    def breaks_connections(self) -> bool:
        """Whether clients of the service may lose their connections by it."""
        return self.fault in ("worker killed", "reload")


@dataclass(frozen=True)
class Row:
    """One recorded prediction, and the number of the request that it says it belongs to."""

    prediction_id: str
    number: int


class History:
    """Collects what happened; may be added to from several threads."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.tokens: dict[str, Token] = {}
        self.windows: list[Window] = []
        self.rows: list[Row] = []
        self.log = ""
        self._lock = threading.Lock()
        self._next = 0

    def number(self) -> int:
        """A number for the next request."""
        with self._lock:
            self._next += 1
            return self._next

    def token(self, text: str, kind: Kind = "valid") -> Token:
        """Remember a token under a name."""
        with self._lock:
            token = Token(f"{kind}-{len(self.tokens)}", text, kind)
            self.tokens[token.name] = token
            return token

    def add(self, event: Event) -> None:
        with self._lock:
            self.events.append(event)

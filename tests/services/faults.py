"""What can be wrong with a connection between the service and a server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

Direction = Literal["to_server", "to_client"]
BOTH: tuple[Direction, ...] = ("to_server", "to_client")


@dataclass(frozen=True)
class Fault:
    """What the proxy does; made by the class methods, `NORMAL` is none."""

    kind: Literal["normal", "reset", "half_open", "frozen", "refused"] = "normal"
    directions: tuple[Direction, ...] = BOTH
    delay_s: float = 0.0
    bytes_per_s: float | None = None

    @classmethod
    def delayed(cls, delay_s: float, *directions: Direction) -> Self:
        """Everything that passes waits first; by default what the server says: its answers."""
        return cls(delay_s=delay_s, directions=directions or ("to_client",))

    @classmethod
    def throttled(cls, bytes_per_s: float) -> Self:
        """So many bytes a second in each direction of each connection."""
        return cls(bytes_per_s=bytes_per_s)

    @classmethod
    def reset(cls) -> Self:
        """Connections end with RST; new ones are accepted and end so too."""
        return cls("reset")

    @classmethod
    def half_open(cls, *directions: Direction) -> Self:
        """What is sent is lost: connections stay open for ever, also after the fault, and new
        ones are accepted and never answered. With `directions`, only that way is lost."""
        return cls("half_open", directions or BOTH)

    @classmethod
    def frozen(cls) -> Self:
        """Nothing is read or passed on; when the fault ends, everything that waited goes on."""
        return cls("frozen")

    @classmethod
    def refused(cls) -> Self:
        """Nobody listens; existing connections end with RST."""
        return cls("refused")


NORMAL = Fault()

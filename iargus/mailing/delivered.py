"""What became of the mails of a run. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Delivery:
    """How many mails were sent, failed, and wait now (the failed ones among them, and those that
    failed before and are not due again)."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    reason: str | None = None

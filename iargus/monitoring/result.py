"""What a run found and did, as the terminal and JSON have it alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from iargus.mailing.message import Delivery
from iargus.monitoring.period import Period
from iargus.monitoring.view.month_view import MonthView, Status, plain


@dataclass(frozen=True)
class JobResult:
    """All tasks of one run, and what became of the mails."""

    as_of: date
    period: Period
    dry_run: bool
    tasks: tuple[MonthView, ...]
    delivery: Delivery | None = None

    @property
    def exit_code(self) -> int:
        """0 when every task that was due was judged ("not enough data" is a judgement) and no
        mail was refused; 1 otherwise."""
        failed = any(view.status is Status.FAILED for view in self.tasks)
        undelivered = self.delivery is not None and self.delivery.failed > 0
        return 1 if failed or undelivered else 0

    def to_json(self) -> dict[str, Any]:
        return {**plain(self), "exit_code": self.exit_code}

"""The steps of a month that is decided and not recorded yet, in `iargus.monitoring_steps`.

Each is written as soon as it is taken, and all of them go in the transaction that records the
month. What is there when a run begins was left by one that was cut off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from iargus.clock import Clock, to_naive_utc
from iargus.monitoring.job.findings import Judgement
from iargus.monitoring.period import Period
from iargus.storage.database import Database
from iargus.storage.schema import monitoring_steps as steps


class Step(StrEnum):
    """In the order in which they are taken."""

    DECIDED = "decided"  # the facts are the judgement
    REGISTERED = "registered"  # the challenger is in the registry
    MOVED = "moved"  # the alias names the model that the judgement has chosen


@dataclass(frozen=True)
class Unfinished:
    """A month that was decided, and which steps were taken, `decided` among them."""

    task: str
    period: Period
    taken: frozenset[Step]
    facts: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What names the decision in the registry."""
        return str(self.facts.get("key", ""))

    @property
    def judgement(self) -> Judgement:
        """The decision.

        Raises:
            DataError: another version of IArgus wrote it, and this one cannot read it.
        """
        return Judgement.from_json(self.facts)


class Steps:
    """Every method raises `DatabaseUnavailable` or `SchemaMissing` when it cannot do its work."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def unfinished(self, task: str) -> Unfinished | None:
        """The oldest month of a task that was decided and not recorded."""
        query = select(steps).where(steps.c.task == task).order_by(steps.c.period)
        with self._database.transaction() as connection:
            rows = connection.execute(query).mappings().all()
        taken = {Step(row["step"]): row for row in rows if row["period"] == rows[0]["period"]}
        decided = taken.get(Step.DECIDED)
        if decided is None:
            return None
        period = Period.parse(decided["period"])
        return Unfinished(task, period, frozenset(taken), decided["facts"])

    def decided(self, judgement: Judgement) -> None:
        """Write a decision down before anything is done about it; an earlier one of the same
        month is forgotten."""
        period = str(judgement.period)
        values = self._values(judgement, Step.DECIDED, judgement.to_json())
        with self._database.transaction() as connection:
            clear(connection, judgement.task, period)
            connection.execute(insert(steps).values(values))

    def take(self, judgement: Judgement, step: Step) -> None:
        """Write down that a step was taken; again is no error."""
        with self._database.transaction() as connection:
            connection.execute(
                self._database.dialect.insert_ignoring(steps).values(
                    self._values(judgement, step, {})
                )
            )

    def forget(self, left: Unfinished) -> None:
        """Drop a decision that is not carried out."""
        with self._database.transaction() as connection:
            clear(connection, left.task, str(left.period))

    def _values(self, judgement: Judgement, step: Step, facts: dict[str, Any]) -> dict[str, Any]:
        return {
            "task": judgement.task,
            "period": str(judgement.period),
            "step": step.value,
            "taken_at": to_naive_utc(self._clock()),
            "facts": facts,
        }


def clear(connection: Connection, task: str, period: str) -> None:
    """Delete the steps of a month within the caller's transaction."""
    connection.execute(delete(steps).where(steps.c.task == task, steps.c.period == period))

"""Doing what was decided about a month: register, log, move the alias, record.

Every step may be repeated: it finds what an earlier attempt has done, and adds what is missing.
"""

from __future__ import annotations

from dataclasses import replace

from iargus.clock import Clock, to_naive_utc
from iargus.database import Database
from iargus.errors import ChampionChanged
from iargus.models.registry import Registry
from iargus.models.registry.version import CHAMPION
from iargus.monitoring.alerts import Kind, write_alert
from iargus.monitoring.facts import log_outcome
from iargus.monitoring.findings import Judgement
from iargus.monitoring.outcomes import judged_outcome, run_record
from iargus.monitoring.records import MonitoringRecords
from iargus.monitoring.result import TaskOutcome
from iargus.monitoring.retraining import Contest
from iargus.monitoring.steps import Step, Steps
from iargus.settings import Settings
from iargus.tasks.base import Task
from iargus.training.fit import register_candidate


class CarryingOut:
    """The side effects of one judgement, in the order of its methods."""

    def __init__(
        self,
        task: Task,
        judgement: Judgement,
        *,
        database: Database,
        registry: Registry,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._task = task
        self._judgement = judgement
        self._steps = Steps(database, clock)
        self._records = MonitoringRecords(database)
        self._registry = registry
        self._settings = settings
        self._clock = clock

    def register(self, contest: Contest) -> str | None:
        """Register the challenger; returns its version, None when nothing was fitted."""
        if contest.challenger is None or contest.evaluation is None:
            return None
        version = register_candidate(
            self._task,
            contest.challenger,
            contest.learned,
            evaluation=contest.evaluation,
            registry=self._registry,
            run_name=f"retrain {self._judgement.period}",
            retraining=self._judgement.key,
        ).version
        self._steps.take(self._judgement, Step.REGISTERED)
        return version

    def log(self, challenger: str | None) -> TaskOutcome:
        """Log the judgement to MLflow; returns the outcome with the run's id."""
        judgement = self._judgement
        findings = judgement.findings.with_challenger(challenger)
        outcome = judged_outcome(self._task, judgement.period, findings, dry_run=False)
        run_id = log_outcome(
            self._registry,
            outcome,
            key=judgement.key,
            extra=judgement.extra,
            history=self._records.history(outcome.task),
        )
        return replace(outcome, run_id=run_id)

    def move_alias(self, challenger: str) -> None:
        """Make the challenger the champion, or name it challenger, as was decided.

        Raises:
            ChampionChanged: somebody chose another champion meanwhile; the alias stays.
        """
        judged = self._judgement.findings.champion
        champion = self._registry.resolve(self._task.name, CHAMPION)
        if champion is None or champion.version not in (judged, challenger):
            raise ChampionChanged(
                f"{self._task.name} has another champion than version {judged}, which was judged: "
                "the alias stays where it is, and the next run judges the new champion"
            )
        if self._judgement.findings.promotes:
            self._registry.promote(self._task.name, challenger)
        else:
            self._registry.challenge(self._task.name, challenger)
        self._steps.take(self._judgement, Step.MOVED)

    def record(self, outcome: TaskOutcome) -> TaskOutcome:
        """Write the record, queue the mail and forget the steps: all of it or nothing."""
        mail = None
        if outcome.mail is not None:
            mail = write_alert(Kind(outcome.mail), outcome, self._settings)
        run = run_record(outcome, finished_at=to_naive_utc(self._clock()))
        queued = self._records.write(run, mail, replace=self._judgement.replaces)
        return replace(outcome, mail_queued=queued)

"""Doing what was decided about a month: register, log, move the alias, record.

Every step may be repeated: it finds what an earlier attempt has done, and adds what is missing.
"""

from __future__ import annotations

from dataclasses import replace

from iargus.clock import Clock, to_naive_utc
from iargus.errors import ChampionChanged, PromotionRefused
from iargus.monitoring.job.facts import log_outcome, write_report
from iargus.monitoring.job.findings import Judgement
from iargus.monitoring.job.history import history_picture, judged_before, view_of
from iargus.monitoring.job.outcomes import judged_outcome, run_record, with_reasons
from iargus.monitoring.job.records import MonitoringRecords
from iargus.monitoring.job.retraining import Contest
from iargus.monitoring.job.steps import Step, Steps
from iargus.monitoring.month.reference import reference_files
from iargus.monitoring.view.mail.alerts import write_alert
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.view.month_view import MonthView
from iargus.monitoring.view.report.page import render_report
from iargus.registry import Registry
from iargus.registry.version import CHAMPION
from iargus.settings import Settings
from iargus.storage.database import Database
from iargus.tasks.base import Task
from iargus.training.fit import register_candidate


class JudgementExecutor:
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
        self._before = [
            run for run in self._records.history(task.name) if run.period < judgement.period
        ]
        self._failed_before = self._records.failed_before(task.name, judgement.period)
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
            files=reference_files(
                self._task, contest.holdout, contest.evaluation, contest.repeated_share
            ),
            retraining=self._judgement.key,
        ).version
        self._steps.take(self._judgement, Step.REGISTERED)
        return version

    def block_promotion(self, challenger: str) -> None:
        """Let the champion stay where no worker would serve the challenger."""
        if not self._judgement.findings.promotes:
            return
        try:
            self._registry.check_promotable(self._task.name, challenger)
        except PromotionRefused as error:
            findings = self._judgement.findings.without_promotion(str(error))
            self._judgement = replace(self._judgement, findings=findings)

    def log(self, challenger: str | None) -> MonthView:
        """Log the judgement to MLflow and write its report; returns the outcome with both."""
        judgement = self._judgement
        findings = judgement.findings.with_challenger(challenger)
        outcome = with_reasons(
            judged_outcome(self._task, judgement.period, findings, dry_run=False),
            self._before,
            failed_before=self._failed_before,
        )
        page = render_report(outcome, [view_of(run) for run in self._before])
        run_id = log_outcome(
            self._registry,
            outcome,
            key=judgement.key,
            extra=judgement.extra,
            picture=history_picture(outcome, self._before),
            page=page,
        )
        path = write_report(self._settings.reports_dir, outcome, page)
        return replace(outcome, run_id=run_id, report=str(path))

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

    def record(self, outcome: MonthView) -> MonthView:
        """Write the record, queue the mail and forget the steps: all of it or nothing."""
        mail = None
        if outcome.mail is not None:
            kinds = tuple(Kind(reason) for reason in (outcome.mail, *outcome.also))
            mail = write_alert(
                kinds,
                outcome,
                self._settings,
                picture=history_picture(outcome, self._before),
                before=judged_before(self._before, self._judgement.period),
                failed_before=self._failed_before,
            )
        run = run_record(outcome, finished_at=to_naive_utc(self._clock()))
        queued = self._records.write(run, mail, replace=self._judgement.replaces)
        return replace(outcome, mail_queued=queued)

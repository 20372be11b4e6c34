"""Doing what was decided about a month: register, log, move the alias, record.

Every step may be repeated: it finds what an earlier attempt has done, and adds what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from iargus.clock import to_naive_utc
from iargus.errors import ChampionChanged, PromotionRefused
from iargus.monitoring.job.context import RunContext
from iargus.monitoring.job.facts import log_outcome, write_report
from iargus.monitoring.job.findings import Judgement
from iargus.monitoring.job.history import history_picture, judged_before, view_of
from iargus.monitoring.job.outcomes import judged_outcome, run_record, with_reasons
from iargus.monitoring.job.records import RunRecord
from iargus.monitoring.job.retraining import Contest
from iargus.monitoring.job.steps import Step
from iargus.monitoring.month.reference import reference_files
from iargus.monitoring.view.mail.alerts import write_alert
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.view.month_view import MonthView
from iargus.monitoring.view.report.page import render_report
from iargus.registry.version import CHAMPION
from iargus.tasks.base import Task
from iargus.training.fit import register_candidate


@dataclass
class JudgementExecutor:
    """The side effects of one judgement, in the order of its methods.

    Attributes:
        before: the records of the months before it, the latest first.
        failed_before: whether a mail has said that the month could not be judged.
    """

    run: RunContext
    task: Task
    judgement: Judgement
    before: Sequence[RunRecord]
    failed_before: bool

    @classmethod
    def prepare(cls, run: RunContext, task: Task, judgement: Judgement) -> Self:
        """Read what is recorded of the months before."""
        period = judgement.period
        before = [past for past in run.records.history(task.name) if past.period < period]
        failed_before = run.records.failed_before(task.name, period)
        return cls(run, task, judgement, before, failed_before)

    def register(self, contest: Contest) -> str | None:
        """Register the challenger; returns its version, None when nothing was fitted."""
        if contest.challenger is None or contest.evaluation is None:
            return None
        version = register_candidate(
            self.task,
            contest.challenger,
            contest.learned,
            evaluation=contest.evaluation,
            registry=self.run.registry,
            run_name=f"retrain {self.judgement.period}",
            files=reference_files(
                self.task, contest.holdout, contest.evaluation, contest.repeated_share
            ),
            retraining=self.judgement.key,
        ).version
        self.run.steps.take(self.judgement, Step.REGISTERED)
        return version

    def block_promotion(self, challenger: str) -> None:
        """Let the champion stay where no worker would serve the challenger."""
        if not self.judgement.findings.promotes:
            return
        try:
            self.run.registry.check_promotable(self.task.name, challenger)
        except PromotionRefused as error:
            findings = self.judgement.findings.without_promotion(str(error))
            self.judgement = replace(self.judgement, findings=findings)

    def log(self, challenger: str | None) -> MonthView:
        """Log the judgement to MLflow and write its report; returns the outcome with both."""
        judgement = self.judgement
        findings = judgement.findings.with_challenger(challenger)
        outcome = with_reasons(
            judged_outcome(self.task, judgement.period, findings, dry_run=False),
            self.before,
            failed_before=self.failed_before,
        )
        page = render_report(outcome, [view_of(run) for run in self.before])
        run_id = log_outcome(
            self.run.registry,
            outcome,
            key=judgement.key,
            extra=judgement.extra,
            picture=history_picture(outcome, self.before),
            page=page,
        )
        path = write_report(self.run.settings.reports_dir, outcome, page)
        return replace(outcome, run_id=run_id, report=str(path))

    def move_alias(self, challenger: str) -> None:
        """Make the challenger the champion, or name it challenger, as was decided.

        Raises:
            ChampionChanged: another champion was chosen since; the alias stays.
        """
        judged = self.judgement.findings.champion
        champion = self.run.registry.resolve(self.task.name, CHAMPION)
        if champion is None or champion.version not in (judged, challenger):
            raise ChampionChanged(
                f"{self.task.name} has another champion than version {judged}, which was judged: "
                "the alias stays where it is, and the next run judges the new champion"
            )
        if self.judgement.findings.promotes:
            self.run.registry.promote(self.task.name, challenger)
        else:
            self.run.registry.challenge(self.task.name, challenger)
        self.run.steps.take(self.judgement, Step.MOVED)

    def record(self, outcome: MonthView) -> MonthView:
        """Write the record, queue the mail and forget the steps: all of it or nothing."""
        mail = None
        if outcome.mail is not None:
            kinds = tuple(Kind(reason) for reason in (outcome.mail, *outcome.also))
            mail = write_alert(
                kinds,
                outcome,
                self.run.settings,
                picture=history_picture(outcome, self.before),
                before=judged_before(self.before, self.run.period),
                failed_before=self.failed_before,
            )
        record = run_record(outcome, finished_at=to_naive_utc(self.run.clock()))
        queued = self.run.records.write(record, mail, replace=self.judgement.replaces)
        return replace(outcome, mail_queued=queued)

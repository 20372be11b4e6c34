"""One task in one run: finish what a run before has left, decide, carry out."""

from __future__ import annotations

from iargus.clock import Clock
from iargus.monitoring.job.deciding import decide
from iargus.monitoring.job.execution import JudgementExecutor
from iargus.monitoring.job.findings import Judgement
from iargus.monitoring.job.outcomes import judged_outcome, not_due_outcome, with_reasons
from iargus.monitoring.job.records import MonitoringRecords
from iargus.monitoring.job.request import Progress, Request
from iargus.monitoring.job.steps import Step, Steps
from iargus.monitoring.month.estimating import RecordedAnswers
from iargus.monitoring.view.month_view import MonthView
from iargus.monitoring.window import is_due
from iargus.registry import Registry
from iargus.registry.version import CHAMPION
from iargus.settings import Settings
from iargus.storage.database import Database
from iargus.tasks.base import Task


class TaskRun:
    """Judges tasks one by one; what it raises concerns only the task at hand.

    A month is decided, and the decision written down, before anything is done about it. A run
    that was cut off is taken up at that decision, never judged a second time: its challenger may
    be the champion by now, and would be judged on rows that it has won on.
    """

    def __init__(
        self,
        request: Request,
        *,
        database: Database,
        registry: Registry,
        settings: Settings,
        recorded: RecordedAnswers | None,
        clock: Clock,
        progress: Progress,
    ) -> None:
        self._request = request
        self._database = database
        self._records = MonitoringRecords(database)
        self._steps = Steps(database, clock)
        self._registry = registry
        self._settings = settings
        self._recorded = recorded
        self._clock = clock
        self._progress = progress

    def judge(self, task: Task) -> MonthView:
        """Do all that this month asks for this task.

        Raises:
            IArgusError: it could not be judged; its month is not recorded and stays due.
        """
        request = self._request
        finished = self._finish_what_was_left(task)
        if finished is not None and finished.period == request.period:
            return finished
        history = self._records.history(task.name)
        if history and not is_due(request.period, history[0].window, force=request.force):
            return not_due_outcome(task, request.period, history[0].period)

        decided = decide(
            task,
            request,
            history,
            database=self._database,
            registry=self._registry,
            settings=self._settings,
            recorded=self._recorded,
            now=self._clock(),
            step=lambda text: self._say(task, text),
        )
        judgement, contest = decided.judgement, decided.contest
        if request.dry_run:
            return self._dry_outcome(task, judgement)
        self._steps.decided(judgement)
        action = self._executor(task, judgement)
        challenger = None
        if contest is not None:
            self._say(task, "registering the challenger")
            challenger = action.register(contest)
        return self._complete(task, action, challenger, moved=False)

    def _finish_what_was_left(self, task: Task) -> MonthView | None:
        """Carry out the decision of a run that was cut off; None when there is none, or when it
        has to be taken again."""
        request = self._request
        left = self._steps.unfinished(task.name)
        if left is None:
            return None
        if request.force and left.period == request.period:
            if not request.dry_run:
                # What is half-made goes; a version that is whole stays, without an alias.
                self._registry.registered(task.name, left.key)
                self._steps.forget(left)
            return None
        judgement = left.judgement
        if request.dry_run:
            return self._dry_outcome(task, judgement)
        self._say(task, f"taking up {judgement.period}, which a run that was cut off had decided")
        challenger = None
        if judgement.retrains:
            version = self._registry.registered(task.name, judgement.key)
            challenger = None if version is None else version.version
        if not self._still_holds(task, judgement, challenger):
            self._steps.forget(left)
            return None
        action = self._executor(task, judgement)
        return self._complete(task, action, challenger, moved=Step.MOVED in left.taken)

    def _complete(
        self, task: Task, action: JudgementExecutor, challenger: str | None, *, moved: bool
    ) -> MonthView:
        """What comes after a registration, or where there was none."""
        if challenger is not None and not moved:
            action.block_promotion(challenger)
        self._say(task, "logging")
        outcome = action.log(challenger)
        if challenger is not None and not moved:
            self._say(task, "moving the alias")
            action.move_alias(challenger)
        self._say(task, "recording")
        return action.record(outcome)

    def _dry_outcome(self, task: Task, judgement: Judgement) -> MonthView:
        return with_reasons(
            judged_outcome(task, judgement.period, judgement.findings, dry_run=True),
            self._records.history(task.name),
            failed_before=self._records.failed_before(task.name, judgement.period),
        )

    def _still_holds(self, task: Task, judgement: Judgement, challenger: str | None) -> bool:
        """Whether a decision is to be carried out. Without its challenger nobody has seen anything
        of it, and with another champion it would be about a model that serves no longer."""
        if judgement.retrains and challenger is None:
            return False
        champion = self._registry.resolve(task.name, CHAMPION)
        known = (judgement.findings.champion, challenger)
        return champion is not None and champion.version in known

    def _executor(self, task: Task, judgement: Judgement) -> JudgementExecutor:
        return JudgementExecutor(
            task,
            judgement,
            database=self._database,
            registry=self._registry,
            settings=self._settings,
            clock=self._clock,
        )

    def _say(self, task: Task, text: str) -> None:
        self._progress(f"{task.name} {self._request.period}: {text}")

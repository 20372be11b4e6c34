"""One task in one run: finish what an earlier run has left, decide, carry out.

A month is decided, and the decision written down, before anything is done about it. A run that was
cut off is taken up at that decision, never judged a second time: its challenger may be the champion
by now, and would be judged on rows that it has won on.
"""

from __future__ import annotations

from iargus.monitoring.job.context import RunContext
from iargus.monitoring.job.deciding import decide
from iargus.monitoring.job.execution import JudgementExecutor
from iargus.monitoring.job.findings import Judgement
from iargus.monitoring.job.outcomes import judged_outcome, not_due_outcome, with_reasons
from iargus.monitoring.job.steps import Step
from iargus.monitoring.view.month_view import MonthView
from iargus.monitoring.window import is_due
from iargus.registry.version import CHAMPION
from iargus.tasks.base import Task


def judge_task(run: RunContext, task: Task) -> MonthView:
    """Do all that this month asks for this task.

    Raises:
        IArgusError: it could not be judged; its month is not recorded and stays due.
    """
    finished = _finish_interrupted(run, task)
    if finished is not None and finished.period == run.period:
        return finished
    history = run.records.history(task.name)
    if history and not is_due(run.period, history[0].window, force=run.force):
        return not_due_outcome(task, run.period, history[0].period)

    judgement, contest = decide(run, task, history)
    if run.dry_run:
        return _dry_outcome(run, task, judgement)
    run.steps.decided(judgement)
    executor = JudgementExecutor.prepare(run, task, judgement)
    challenger = None
    if contest is not None:
        run.begin_step(task, "registering the challenger")
        challenger = executor.register(contest)
    return _complete(executor, challenger, moved=False)


def _finish_interrupted(run: RunContext, task: Task) -> MonthView | None:
    """Carry out the decision of a run that was cut off; None when there is none, or when it has to
    be taken again."""
    left = run.steps.unfinished(task.name)
    if left is None:
        return None
    if run.force and left.period == run.period:
        if not run.dry_run:
            # What is half-made goes; a version that is whole stays, without an alias.
            run.registry.registered(task.name, left.key)
            run.steps.forget(left)
        return None
    judgement = left.judgement
    if run.dry_run:
        return _dry_outcome(run, task, judgement)
    run.begin_step(task, f"taking up {judgement.period}, which a run that was cut off had decided")
    challenger = None
    if judgement.retrains:
        version = run.registry.registered(task.name, judgement.key)
        challenger = None if version is None else version.version
    if not _still_holds(run, judgement, challenger):
        run.steps.forget(left)
        return None
    executor = JudgementExecutor.prepare(run, task, judgement)
    return _complete(executor, challenger, moved=Step.MOVED in left.taken)


def _complete(executor: JudgementExecutor, challenger: str | None, *, moved: bool) -> MonthView:
    """What comes after a registration, or where there was none."""
    run, task = executor.run, executor.task
    if challenger is not None and not moved:
        executor.block_promotion(challenger)
    run.begin_step(task, "logging")
    outcome = executor.log(challenger)
    if challenger is not None and not moved:
        run.begin_step(task, "moving the alias")
        executor.move_alias(challenger)
    run.begin_step(task, "recording")
    return executor.record(outcome)


def _dry_outcome(run: RunContext, task: Task, judgement: Judgement) -> MonthView:
    return with_reasons(
        judged_outcome(task, judgement.period, judgement.findings, dry_run=True),
        run.records.history(task.name),
        failed_before=run.records.failed_before(task.name, judgement.period),
    )


def _still_holds(run: RunContext, judgement: Judgement, challenger: str | None) -> bool:
    """Whether a decision is to be carried out. Without its challenger it has had no effect
    yet, and with another champion it would be about a model that no longer serves."""
    if judgement.retrains and challenger is None:
        return False
    champion = run.registry.resolve(judgement.task, CHAMPION)
    known = (judgement.findings.champion, challenger)
    return champion is not None and champion.version in known

"""Everything that is kept of a month's rows while they stream by: errors, and small summaries."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.monitoring.month.metrics import MonthMetrics
from iargus.monitoring.month.reference import Found
from iargus.monitoring.observed import Observed, RepeatFacts
from iargus.monitoring.stats.drift.facts import DriftFacts, drift_facts
from iargus.monitoring.stats.drift.summary import Kinds, Summary, kind_of, merge_all
from iargus.monitoring.stats.performance.segments import SegmentErrors
from iargus.monitoring.stats.quality.findings import Fault, Finding, is_serious
from iargus.monitoring.stats.quality.scan import QualityScan
from iargus.storage.labelled.repeats import LABEL, EarlierRows, Repeats
from iargus.tasks.base import Task
from iargus.training.evaluate import Evaluation


class Month:
    """Add the rows of a month part by part; memory grows by a few numbers for each row.

    `rows` were seen, of which `repeated` repeat an earlier one and are left out of everything but
    the look at faults; `refused` have a label that is none of the task; `future` rows are dated
    later than today, and no month counts them until then.

    Args:
        earlier: the labelled rows from before the month.
    """

    def __init__(self, task: Task, found: Found, earlier: EarlierRows | None = None) -> None:
        self._task = task
        self._found = found
        reference, columns = found.reference, (*task.features, LABEL)
        self._earlier = EarlierRows(columns) if earlier is None else earlier
        self._own = EarlierRows(columns)
        self._repeats = Repeats.LEFT_OUT if reference is None else reference.repeats
        self._scan: QualityScan | None = None
        # As the reference was made: of the rows that count.
        self._units = QualityScan({}, units=() if reference is None else reference.units)
        self._errors: list[NDArray[np.float64]] = []
        self._summaries: Summary | None = None
        self._segments = SegmentErrors()
        self._metrics = MonthMetrics()
        self.rows = self.repeated = self._own_repeated = 0
        self.refused = 0
        self.future = 0

    @property
    def errors(self) -> NDArray[np.float64]:
        """The error of each row that was scored, shape (n,)."""
        return np.concatenate(self._errors) if self._errors else np.empty(0)

    @property
    def extra(self) -> dict[str, float]:
        """Further metrics of the champion, by name."""
        return self._metrics.over(self.errors)

    def see(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        """Look at rows as they came, before any is set aside; which of them count, for they repeat
        no earlier row."""
        if self._scan is None:
            self._scan = QualityScan(self._kinds(rows), label=LABEL)
        self.rows += len(rows)
        self._scan.add(rows)
        counted = self._counted(rows)
        self.repeated += int((~counted).sum())
        self._units.add(self._task.drift_features(rows[counted]))
        return counted

    def _counted(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        if self._repeats is Repeats.LEFT_OUT:
            return self._earlier.first(rows)
        counted = ~self._earlier.repeated(rows)
        self._own_repeated += int((~self._own.first(rows[counted])).sum())
        return counted

    def score(self, rows: pd.DataFrame, evaluation: Evaluation) -> None:
        """Add rows whose labels are usable, and what the champion made of them."""
        self._errors.append(evaluation.errors)
        self._metrics.add(rows, evaluation)
        self._segments.add(self._task.segments(rows), evaluation.errors)
        reference = self._found.reference
        if reference is None:
            return
        seen = reference.summary_of(self._task, rows, evaluation)
        known = self._summaries
        self._summaries = seen if known is None else merge_all([known, seen])

    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the rows; a column that was empty in the reference too is not."""
        found = [] if self._scan is None else self._scan.findings()
        found += [each for each in self._units.findings() if each.fault is Fault.UNIT]
        own = self._repeats is Repeats.OWN_COUNTED
        repeated = self._own_repeated if own else self.repeated
        if repeated:
            how = "counted, as in the reference" if own else "left out"
            found.append(Finding(Fault.DUPLICATED, None, repeated, self.rows, how))
        if self.refused:
            missing = sum(each.count for each in found if each.fault is Fault.LABEL_MISSING)
            impossible = self.refused - missing
            if impossible > 0:
                fault = Finding(Fault.LABEL_IMPOSSIBLE, LABEL, impossible, self.rows, "set aside")
                found.append(fault)
        if self.future:
            rows = self.rows + self.future
            found.append(
                Finding(Fault.FUTURE, "observed_at", self.future, rows, "counted in no month")
            )
        return tuple(each for each in found if not self._was_empty_before(each))

    def observed(self) -> Observed:
        """What the rows show beside their error."""
        reference, findings = self._found.reference, self.findings()
        repeated = 0.0 if reference is None else reference.repeated
        return Observed(
            drift=self._drift(),
            quality=findings,
            serious=tuple(each for each in findings if is_serious(each, repeated_before=repeated)),
            segments=self._segments.worst(),
            repeats=RepeatFacts(
                how=self._repeats,
                rows=self.rows,
                repeated=self.repeated,
                reference=None if reference is None else reference.repeated,
            ),
        )

    def _drift(self) -> DriftFacts:
        reference = self._found.reference
        if reference is None:
            return DriftFacts(reason=self._found.reason)
        if self._summaries is None:
            return DriftFacts(reason="there are no rows to compare")
        return drift_facts(
            reference.columns, self._summaries, start=reference.start, end=reference.end
        )

    def _kinds(self, rows: pd.DataFrame) -> Kinds:
        known = {} if self._found.reference is None else self._found.reference.kinds
        return {
            name: known[name] if name in known else kind_of(rows[name])
            for name in self._task.features
        }

    def _was_empty_before(self, finding: Finding) -> bool:
        reference = self._found.reference
        if finding.fault is not Fault.COLUMN_EMPTY or reference is None:
            return False
        before = reference.columns.get(finding.column or "")
        return before is not None and before.missing == before.rows

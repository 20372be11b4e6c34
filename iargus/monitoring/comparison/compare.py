"""Two files compared: both read at the same time, each by a thread of its own.

Threads, not processes: pandas, NumPy and Arrow let go of the interpreter while they work, so that
both cores are used, and the libraries are in memory once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock

from iargus.errors import DataError
from iargus.monitoring.comparison.choosing import Chosen, choose, is_classes, same_columns
from iargus.monitoring.comparison.request import Request
from iargus.monitoring.comparison.saved import SavedReference, is_saved
from iargus.monitoring.comparison.scan import Scan, repeats_of_files
from iargus.monitoring.comparison.view import view_of, why_unjudged
from iargus.monitoring.observed import Observed, RepeatFacts
from iargus.monitoring.stats.drift.facts import drift_facts
from iargus.monitoring.stats.drift.summary import Kind
from iargus.monitoring.stats.performance.verdict import BELIEVABLE_ROWS, State, Verdict, judge_tally
from iargus.monitoring.stats.quality.findings import Fault, Finding, is_serious
from iargus.monitoring.view.month_view import MonthView
from iargus.storage.labelled.repeats import Repeats
from iargus.tables import TableOptions
from iargus.tables.frames import FrameSource, open_frames

Progress = Callable[[float, int], None]
"""Called with the share of both files that is read, and the number of rows so far."""


@dataclass(frozen=True)
class FileRead:
    """How a file was read; `broken` rows were left out, of which `first_broken` is one."""

    name: str
    description: str
    broken: int
    first_broken: str


@dataclass(frozen=True)
class Comparison:
    """What two files show.

    Attributes:
        verdict: None where no threshold, or no label and prediction, were given, and where too
            many rows have no error; `unjudged` then says so.
        passed_over: columns that were not compared, each with the reason.
        reference: what can be stored of the reference.
        view: the same facts as a monthly run has them of a task, without a period.
        understood: how each file was read, the current one first.
    """

    observed: Observed
    verdict: Verdict | None
    passed_over: dict[str, str]
    reference: SavedReference
    view: MonthView
    unjudged: str | None = None
    understood: tuple[FileRead, ...] = ()

    @property
    def needs_review(self) -> bool:
        """Whether a column drifted, or the error is surely above the threshold."""
        is_breach = self.verdict is not None and self.verdict.state is State.BREACH
        return is_breach or bool(self.observed.drift and self.observed.drift.drifted)


def compare_files(
    reference: Path,
    current: Path,
    request: Request,
    *,
    options: TableOptions | None = None,
    progress: Progress = lambda _, __: None,
) -> Comparison:
    """Compare the rows of `current` with those of `reference`, in whatever format each is.

    `reference` may be a summary that `SavedReference.write` wrote.

    Raises:
        DataError: a file or a column cannot be read, or labels and predictions do not fit.
        UsageError: what is asked for cannot be had, or is not clear; says what decides it.
    """
    now = open_frames(current, options)
    if is_saved(reference):
        before, saved = None, SavedReference.read(reference)
    else:
        before, saved = open_frames(reference, options), None
    chosen = choose(before, saved.kinds if saved else {}, reference, now, request)
    classes = is_classes(now, request)
    same = same_columns(chosen.kinds, now, before, request)
    scan = Scan(request, chosen.kinds, classes=classes, labels=True, same=same)
    jobs = [(now, scan)]
    past = Scan(request, chosen.kinds, classes=classes, labels=False, same=same)
    if before is not None:
        jobs.append((before, past))
    _read(jobs, chosen, request, same, progress)
    understood = tuple(_checked(source, each) for source, each in jobs)
    if saved is None:
        if not past.rows:
            raise DataError(f"{reference}: no rows")
        repeats = repeats_of_files(past, scan)
        repeated = past.repeated / past.rows
        saved = SavedReference(past.rows, past.part(repeats).columns, repeated, repeats)
    if not scan.rows:
        raise DataError(f"{current}: no rows")
    scan.vocabulary.check()
    part = scan.part(saved.repeats)
    verdict, unjudged = None, None
    if request.threshold is not None and request.has_errors:
        unjudged = why_unjudged(scan, request)
        if unjudged is None:
            verdict = judge_tally(part.tally, request.threshold, minimum_rows=BELIEVABLE_ROWS)
    observed = _observed(saved, scan, chosen)
    view = view_of(reference.name, current.name, request, scan, part, observed, verdict, unjudged)
    passed_over = dict(chosen.passed_over)
    return Comparison(observed, verdict, passed_over, saved, view, unjudged, understood)


def _checked(source: FrameSource, scan: Scan) -> FileRead:
    broken = source.broken
    if broken.rows > scan.rows:
        raise DataError(
            f"{source.path}: {broken.rows:,} of {broken.rows + scan.rows:,} rows are broken, such "
            f"as {broken.first}; it was read as {source.understood}"
        )
    return FileRead(source.path.name, source.understood, broken.rows, broken.first)


def _observed(saved: SavedReference, scan: Scan, chosen: Chosen) -> Observed:
    left_out = saved.repeats is Repeats.LEFT_OUT
    found = scan.quality.findings()
    if scan.repeated:
        how = "left out" if left_out else "counted"
        found.append(Finding(Fault.DUPLICATED, None, scan.repeated, scan.rows, how))
    findings = tuple(found)
    before = {name: saved.columns[name] for name in chosen.kinds}
    part = scan.part(saved.repeats)
    return Observed(
        drift=drift_facts(before, part.columns),
        quality=findings,
        serious=tuple(
            each for each in findings if is_serious(each, repeated_before=saved.repeated)
        ),
        segments=part.segments.worst(),
        repeats=RepeatFacts(saved.repeats, scan.rows, scan.repeated, saved.repeated, of_files=True),
    )


def _read(
    jobs: list[tuple[FrameSource, Scan]],
    chosen: Chosen,
    request: Request,
    same: Sequence[str],
    progress: Progress,
) -> None:
    """Read both files to their ends, at the same time."""
    stop, lock = Event(), Lock()
    done, rows = dict.fromkeys((source.path for source, _ in jobs), 0.0), 0
    texts = {name: kind is not Kind.NUMBER for name, kind in chosen.kinds.items()}

    def read_all(source: FrameSource, scan: Scan, names: Sequence[str]) -> None:
        nonlocal rows
        for frame, share in source.batches(names, texts):
            if stop.is_set():
                return
            scan.add(frame)
            with lock:
                done[source.path], rows = share, rows + len(frame)
                progress(sum(done.values()) / len(done), rows)

    with ThreadPoolExecutor(len(jobs)) as pool:
        futures = []
        for place, (source, scan) in enumerate(jobs):
            needed = request.needed if place == 0 else same
            names = [n for n in dict.fromkeys((*chosen.kinds, *needed)) if n in source.columns]
            futures.append(pool.submit(read_all, source, scan, names))
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            # After an error or Ctrl-C, the other one need not go on.
            stop.set()
    for future in futures:
        future.result()

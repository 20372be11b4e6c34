"""One import: all records are looked at, checked, and, if the file is sound, stored in chunks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from iargus.errors import ConfigurationError, DataError
from iargus.storage.labelled.imports import Imports
from iargus.storage.labelled.writing import PlainRows
from iargus.tables import Table, TableOptions
from iargus.tasks.base import Task
from iargus.training.importers.candidate import Layout, RowRejected, Survey
from iargus.training.importers.convert import Converted, Converter
from iargus.training.importers.keys import KeyMaker
from iargus.training.importers.rejected import (
    AllowedRejections,
    Example,
    ImportRefused,
    RejectedRows,
    StagedRows,
)
from iargus.training.importers.timestamps import day_after_tomorrow

CHUNK_ROWS = 10_000  # one transaction; an import that is stopped loses no more than this

# (rows so far, the share of the work that is done)
Progress = Callable[[int, float], None]
# How much of the time goes by before the first row is stored.
_SHARE_OF_READING = 0.5


@dataclass(frozen=True)
class ImportSummary:
    """What became of a file: `reasons` counts the rejected rows, which `rejected_path` holds, with
    an example for each; `said` tells how columns were read, `notes` count what the task's rules
    changed in rows that were taken. `import_id` is what `Imports` knows it by."""

    import_id: int
    added: int
    already_there: int
    rejected: int
    reasons: Mapping[str, int]
    rejected_path: Path | None
    examples: Mapping[str, Example] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    notes: Mapping[str, int] = field(default_factory=dict)


def import_file(
    path: Path,
    *,
    task: Task,
    imports: Imports,
    layout: Layout,
    source: str,
    rejected_dir: Path,
    now: datetime,
    observed_at: datetime | None = None,
    options: TableOptions | None = None,
    allowed: AllowedRejections | None = None,
    progress: Progress = lambda _rows, _share: None,
) -> ImportSummary:
    """Add what is new in a file. Repeated, also after a crash, it adds only what is missing.

    `observed_at` is the time of all rows of a file without times; where it is not given, that
    is `now` (both naive UTC).

    Raises:
        DataError: the file cannot be read; nothing was added.
        ImportRefused: too many of its rows are rejected; nothing was added.
        DatabaseUnavailable, SchemaMissing: as the store says; what was added belongs to an import
            that is listed as unfinished.
    """
    if observed_at is not None and observed_at >= day_after_tomorrow(now):
        raise ConfigurationError(
            f"--observed-at {observed_at:%Y-%m-%d} is after tomorrow: what is observed has happened"
        )
    plain = PlainRows(task, source)
    with (
        closing(layout.open(path, options or TableOptions())) as file,
        closing(StagedRows(rejected_dir.parent)) as staged,
        closing(
            RejectedRows(rejected_dir, path.name, names=file.names, unit=file.unit)
        ) as rejected,
    ):
        survey = layout.survey(path, file.names, now=now)
        if survey.has_times and observed_at is not None:
            raise DataError(
                f"{path} has times of its own, so --observed-at has no use; leave it out"
            )
        keys = _keys(task, imports, timeless=not survey.has_times, day=observed_at)
        converter = Converter(
            task, plain, observed_at=observed_at or now, day=_day(observed_at), keys=keys
        )
        if survey.needs_review:
            for record in file.read():
                if record.problem is None:
                    survey.look(record.values)
        said = survey.settle()
        rows = _check(file, survey, converter, rejected, staged, progress)
        if rows == 0:
            raise DataError(f"{path} has a header but no rows")
        refusal = (allowed or AllowedRejections()).refusal(rows, rejected)
        if refusal is not None:
            raise ImportRefused("\n".join([refusal, *said]), rejected.keep())
        refused = sum(rejected.reasons.values())
        number = imports.begin(
            task.name,
            file=str(path),
            digest=_digest(path),
            source=source,
            observed_at=observed_at,
            rejected=refused,
            now=now,
        )
        added = _store(number, task, imports, plain, staged, rows, progress)
        rejected_path = rejected.keep()
        imports.finish(number, now)
    return ImportSummary(
        import_id=number,
        added=added,
        already_there=staged.count - added,
        rejected=refused,
        reasons=dict(rejected.reasons),
        rejected_path=rejected_path,
        examples=rejected.examples,
        said=said,
        notes=converter.notes,
    )


def _check(
    file: Table,
    survey: Survey,
    converter: Converter,
    rejected: RejectedRows,
    staged: StagedRows,
    progress: Progress,
) -> int:
    rows = 0
    while chunk := list(islice(file.records, CHUNK_ROWS)):
        good: list[Converted] = []
        for record in chunk:
            try:
                if record.problem is not None:
                    raise RowRejected(record.reason, record.problem, value=record.problem)
                good.append(converter.convert(survey.pick(record.values)))
            except RowRejected as error:
                rejected.add(record, error)
        if good:
            staged.put(good)
        rows += len(chunk)
        progress(rows, _SHARE_OF_READING * file.bytes_read() / file.size_bytes)
    return rows


def _store(
    number: int,
    task: Task,
    imports: Imports,
    plain: PlainRows,
    staged: StagedRows,
    rows: int,
    progress: Progress,
) -> int:
    added = done = 0
    for chunk in staged.chunks():
        # A row may be there under another key than the one it gets.
        others = [key for _, keys in chunk for key in keys]
        known = imports.known_keys(task, others) if others else frozenset()
        new = [each for each in chunk if known.isdisjoint(each[1])]
        added += imports.add(number, plain, [row for row, _ in new], known=len(chunk) - len(new))
        done += len(chunk)
        progress(rows, _SHARE_OF_READING + (1 - _SHARE_OF_READING) * done / staged.count)
    return added


def _keys(task: Task, imports: Imports, *, timeless: bool, day: datetime | None) -> KeyMaker:
    """Rows without a time are those that are there: under no day, and under the day they get; and,
    where they get none, under any day that was given to such rows."""
    older = imports.has_older_rows(task)
    if not timeless:
        return KeyMaker(older=older)
    days = [""] if day is not None else [_day(each) for each in imports.days_given(task)]
    return KeyMaker(days=days, older=older)


def _day(day: datetime | None) -> str:
    return "" if day is None else day.isoformat()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

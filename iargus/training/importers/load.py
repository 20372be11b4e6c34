"""One import: records, checked, in chunks into the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from iargus.errors import DataError
from iargus.labelled.store import LabelledStore
from iargus.tasks.base import Task
from iargus.training.importers.candidate import Layout, Pick, RowRejected
from iargus.training.importers.convert import Converter, Values
from iargus.training.importers.records import FileOptions, Record
from iargus.training.importers.rejected import RejectedRows

CHUNK_ROWS = 10_000  # one transaction; an import that is stopped loses no more than this

# (rows so far, bytes of the file read so far)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportSummary:
    """What became of a file: `reasons` counts the rejected rows, `rejected_path` holds them;
    `placeholders` counts, by field, values that stand for one that nobody wrote down."""

    added: int
    already_there: int
    rejected: int
    reasons: Mapping[str, int]
    rejected_path: Path | None
    placeholders: Mapping[str, int] = field(default_factory=dict)


def import_file(
    path: Path,
    *,
    task: Task,
    store: LabelledStore,
    layout: Layout,
    source: str,
    rejected_dir: Path,
    now: datetime,
    observed_at: datetime | None = None,
    options: FileOptions | None = None,
    progress: Progress | None = None,
) -> ImportSummary:
    """Add what is new in a file. Repeated, also after a crash, it adds only what is missing.

    `observed_at` is the time of all rows of a file without times; where it is not given, that
    is `now` (both naive UTC).

    Raises:
        DataError: the file cannot be read; what was read before stays added.
        DatabaseUnavailable, SchemaMissing: as the store says.
    """
    with closing(layout.open(path, options or FileOptions())) as file:
        pick, has_times = layout.picker(path, file.names)
        if has_times and observed_at is not None:
            raise DataError(
                f"{path} has times of its own, so --observed-at has no use; leave it out"
            )
        converter = Converter(task, observed_at=observed_at or now, in_key=observed_at is not None)
        added = checked = rows = 0
        target = rejected_dir / f"{path.name}.rejected.csv"
        with RejectedRows(target, names=file.names, unit=file.unit) as rejected:
            while chunk := list(islice(file.records, CHUNK_ROWS)):
                good = _checked(chunk, pick, converter, rejected)
                if good:
                    added += store.add(converter.frame(good), source=source)
                checked += len(good)
                rows += len(chunk)
                if progress is not None:
                    progress(rows, file.bytes_read())
            if rows == 0:
                raise DataError(f"{path} has a header but no rows")
    reasons = dict(rejected.reasons)
    refused = sum(reasons.values())
    placeholders = dict(converter.placeholders)
    return ImportSummary(
        added, checked - added, refused, reasons, target if refused else None, placeholders
    )


def _checked(
    chunk: list[Record], pick: Pick, converter: Converter, rejected: RejectedRows
) -> list[Values]:
    good: list[Values] = []
    for record in chunk:
        if record.problem is not None:
            rejected.add(record, "the row has a wrong number of fields", record.problem)
            continue
        try:
            good.append(converter.convert(pick(record.values)))
        except RowRejected as error:
            rejected.add(record, error.reason, str(error))
    return good

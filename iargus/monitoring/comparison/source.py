"""A file of rows that is read in parts, whatever its format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd
import pyarrow as pa

from iargus.errors import DataError
from iargus.monitoring.stats.drift.summary import Kinds
from iargus.tables.clean import Broken

BATCH = 65_536  # rows read at a time
SAMPLE = 10_000  # first rows, which decide how a column is read


@dataclass(frozen=True)
class Batch:
    """Some rows, and the part of the file that is read with them."""

    frame: pd.DataFrame
    done: float


class Source(Protocol):
    """`columns` says of each column why it cannot be compared, or None."""

    @property
    def path(self) -> Path: ...

    @property
    def columns(self) -> Mapping[str, str | None]: ...

    @property
    def understood(self) -> str:
        """The format and how it is read, for people."""
        ...

    @property
    def broken(self) -> Broken:
        """The rows that were left out by the last pass."""
        ...

    @property
    def index(self) -> Collection[str]:
        """Columns that the file itself calls an index, which is no feature."""
        ...

    def sample(self, names: Sequence[str]) -> pd.DataFrame:
        """The first rows."""
        ...

    def batches(self, names: Sequence[str], kinds: Kinds) -> Iterator[Batch]:
        """All rows; the columns of `kinds` are going to be read so."""
        ...


def obstacles(names: Sequence[str]) -> dict[str, str | None]:
    """Why columns cannot be compared, as far as their names tell."""
    return {
        name: "two columns of this name" if count > 1 else None
        for name, count in Counter(names).items()
    }


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Name the file in whatever goes wrong with it.

    Raises:
        DataError: it cannot be read.
    """
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, EOFError) as error:
        # An OSError has the reason alone there; the first line of others says enough.
        reason = getattr(error, "strerror", None) or (str(error).strip() or repr(error))
        raise DataError(f"{path}: {reason.splitlines()[0][:300]}") from error

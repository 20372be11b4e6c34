"""The numbers of all processes, added up: of those that live, and of the dead in one file."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from iargus.atomic_write import write_atomically
from iargus.metrics.cells import Key
from iargus.metrics.families import BY_NAME, FAMILIES, Family

logger = logging.getLogger(__name__)

Labels = tuple[str, ...]


class Totals:
    """For each family the numbers of each of its series; of an age the earliest timestamp."""

    def __init__(self) -> None:
        self._sums: defaultdict[Family, dict[Labels, list[float]]] = defaultdict(dict)
        for family in FAMILIES:
            # Without labels there is one series, also when nothing has happened yet.
            if not family.labels and family.kind != "age":
                self._sums[family][()] = [0.0] * family.width

    def add(self, series: Iterable[tuple[Key, list[float]]], *, alive: bool) -> None:
        """Add one process. Of a dead one only counters count; what this release does not know,
        such as a histogram of other buckets, does not."""
        for (name, *labels), numbers in series:
            family = BY_NAME.get(name)
            if family is None or not (alive or family.cumulative):
                continue
            if len(labels) != len(family.labels) or len(numbers) != family.width:
                continue
            known = self._sums[family]
            old = known.get(tuple(labels))
            if old is None:
                known[tuple(labels)] = list(numbers)
            elif family.kind == "age":
                old[0] = min(old[0], numbers[0])
            else:
                for index, number in enumerate(numbers):
                    old[index] += number

    def of(self, family: Family) -> list[tuple[Labels, list[float]]]:
        """The series of a family in the order of their labels."""
        return sorted(self._sums[family].items())


_FILE = "folded.json"

Numbers = tuple[Key, list[float]]


@dataclass(frozen=True)
class DeadWorkerTotals:
    """The sum, and the names of the files in it that were still there when it was written."""

    series: list[Numbers]
    sources: frozenset[str]

    @classmethod
    def read(cls, folder: Path) -> DeadWorkerTotals:
        """Read what `folder` holds; nothing when there is none or it is damaged."""
        path = folder / _FILE
        try:
            document = json.loads(path.read_bytes())
            series = [(tuple(key), [float(n) for n in ns]) for key, ns in document["series"]]
            return cls(series, frozenset(document["sources"]))
        except FileNotFoundError:
            pass
        except (ValueError, TypeError, KeyError) as error:
            logger.warning("%s cannot be read, earlier counts are lost: %r", path, error)
        return cls([], frozenset())

    def with_files(self, files: Mapping[str, Iterable[Numbers]]) -> DeadWorkerTotals:
        """The sum with `files` in it, none of which counts twice."""
        sums = dict(self.series)
        for name, series in files.items():
            if name in self.sources:
                continue
            for key, numbers in series:
                family = BY_NAME.get(key[0])
                if family is None or not family.cumulative:
                    continue
                old = sums.get(key)
                # Another width: another release had other buckets.
                if old is None or len(old) != len(numbers):
                    old = [0.0] * len(numbers)
                sums[key] = [a + b for a, b in zip(old, numbers, strict=True)]
        return DeadWorkerTotals(list(sums.items()), frozenset(files))

    def write(self, folder: Path) -> None:
        """Replace what `folder` holds, at once.

        Raises:
            OSError: the disk is full or not writable; what was there is still there.
        """
        document = {"sources": sorted(self.sources), "series": self.series}
        write_atomically(folder / _FILE, json.dumps(document))

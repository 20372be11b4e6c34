"""The numbers of all processes, added up by family and labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from iargus.metrics.families import BY_NAME, FAMILIES, Family
from iargus.metrics.layout import Key

Labels = tuple[str, ...]


class Totals:
    """For each family the numbers of each of its series; of an age the earliest moment."""

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

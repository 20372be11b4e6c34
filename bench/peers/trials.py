"""What every library is asked, and the loop in which its own process answers.

`python -m bench.peers.rules_… --part 0/4` prints one JSON object a line for every repetition.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bench.peers.worlds import REFERENCE_ROWS, WORSE, World, digest

Events = Mapping[str, bool]
"""Which of the things that a rule can say it has said; a rule that is not there is left out."""


class Rules(Protocol):
    """One library, called as its documentation says.

    What is quick repeats everything `more` times: the worlds of the others are among its own.
    """

    more: int

    def year(self, world: World) -> Events:
        """Twelve months like the reference: "feature", "dataset", "error", "limit", "anything"."""

    def month(self, world: World) -> Events:
        """A month at `WORSE`: "error" after a year at 19 %, "error 20 %" at 20 %, "limit"."""

    def shift(self, world: World, sigma: float) -> Events:
        """One of ten features moved by `sigma`: "named"."""

    def tiny(self, world: World, sigma: float) -> Events:
        """A column by itself, moved by `sigma` in a month as long as the reference: "named"."""


class Kind(StrEnum):
    YEAR = "year"
    MONTH = "month"
    SHIFT = "shift"
    TINY = "tiny"


@dataclass(frozen=True)
class Case:
    """`repeats` are few where the slowest library takes long."""

    kind: Kind
    rows: int
    repeats: int
    quick: int

    @property
    def name(self) -> str:
        return f"{self.kind.value} {self.rows}"

    def times(self, quick: bool) -> int:
        return self.quick if quick else self.repeats


CASES = (
    Case(Kind.YEAR, 300, 48, 4),
    Case(Kind.YEAR, 2000, 24, 2),
    Case(Kind.YEAR, 20_000, 16, 2),
    Case(Kind.MONTH, 1000, 160, 16),
    Case(Kind.MONTH, 2000, 160, 16),
    Case(Kind.MONTH, 3000, 160, 16),
    Case(Kind.SHIFT, 1000, 96, 8),
    Case(Kind.TINY, 10**6, 16, 2),
)
MOVED = {Kind.SHIFT: 0.25, Kind.TINY: 0.02}


def answer(rules: Rules, case: Case, repeat: int) -> tuple[Events, int]:
    """What the rules say, and a digest of what they have seen."""
    world = World(case.name, repeat, case.rows)
    match case.kind:
        case Kind.YEAR:
            return rules.year(world), digest([world.table("reference", REFERENCE_ROWS)])
        case Kind.MONTH:
            return rules.month(world), digest([world.prices("month", case.rows, mape=WORSE)])
        case Kind.SHIFT:
            seen = world.table("month", case.rows, shift=MOVED[case.kind])
            return rules.shift(world, MOVED[case.kind]), digest([seen])
        case Kind.TINY:
            return rules.tiny(world, MOVED[case.kind]), world.rows


def run(rules: Rules) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--part", default="0/1", help="every how many-th repetition: 0/4 to 3/4")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    part, parts = map(int, given.part.split("/"))
    for case in CASES:
        for repeat in range(part, rules.more * case.times(given.quick), parts):
            events, seen = answer(rules, case, repeat)
            line = {"case": case.name, "repeat": repeat, "seen": seen, "events": dict(events)}
            print(json.dumps(line), flush=True)

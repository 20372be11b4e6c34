"""The answers of three libraries to the same worlds, side by side in Markdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iargus.monitoring.stats.performance.bounds import share_lower, share_upper

IARGUS = "iargus"
TOOLS = (IARGUS, "evidently", "nannyml")
NO_RULE = "no rule"


@dataclass
class Answers:
    """By case, event and library, what every repetition has said."""

    said: dict[tuple[str, str, str], list[bool]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[tuple[str, int], int] = field(default_factory=dict)

    def add(self, tool: str, answer: Mapping[str, Any]) -> None:
        """Take one line of a library's process.

        Raises:
            RuntimeError: two libraries have not seen the same world.
        """
        world = answer["case"], answer["repeat"]
        if self.seen.setdefault(world, answer["seen"]) != answer["seen"]:
            raise RuntimeError(f"{tool} has drawn another world of {world}")
        for event, said in answer["events"].items():
            self.said[answer["case"], event, tool].append(said)

    def cell(self, case: str, event: str, tool: str) -> str:
        said = self.said.get((case, event, tool), [])
        if not said:
            return NO_RULE
        hits, times = sum(said), len(said)
        low, high = share_lower(hits, times, 0.025), share_upper(hits, times, 0.025)
        return f"{hits / times:.1%} ({low:.1%} – {high:.1%}), {times:,}"


@dataclass(frozen=True)
class Row:
    """`alone` names the libraries of which this is a rule, where it is not one of all."""

    what: str
    wanted: str
    case: str
    event: str
    alone: tuple[str, ...] = TOOLS


def rows() -> list[Row]:
    found = []
    for months in (300, 2000, 20_000):
        case, year = f"year {months}", f"year without drift, {months:,} rows a month"
        found += [
            Row(f"{year}: a feature named", "≤ 5%", case, "feature"),
            Row(f"{year}: the whole dataset", "≤ 5%", case, "dataset"),
            Row(f"{year}: the MAPE of 19 %, default", "≤ 5%", case, "error", TOOLS[1:]),
            Row(f"{year}: the MAPE of 19 %, limit 20 % given", "≤ 5%", case, "limit"),
            Row(f"{year}: anything, default", "≤ 5%", case, "anything"),
        ]
    for months, least in ((1000, "≥ 65%"), (2000, "≥ 95%"), (3000, "≥ 99%")):
        case, truth = f"month {months}", f"MAPE 22 %, {months:,} rows"
        found += [
            Row(f"{truth}: alert, limit 20 % given", least, case, "limit"),
            Row(f"{truth}: alert, default, 19 % before", least, case, "error", TOOLS[1:]),
            Row(f"{truth}: alert, default, 20 % before", least, case, "error 20 %", TOOLS[1:]),
        ]
    shift = "0.25 σ in one of ten features, 1,000 against 10,000 rows"
    found += [
        Row(f"{shift}: named", "≥ 99%", "shift 1000", "named"),
        Row(f"{shift}: the whole dataset", "–", "shift 1000", "dataset"),
        Row("0.02 σ in a column, months of a million rows: named", "≤ 1%", "tiny 1000000", "named"),
    ]
    return found


def table(answers: Answers) -> str:
    """Shares with their exact 95 % intervals, and of how many."""
    lines = ["| what | target | IArgus | Evidently | NannyML |", "|---|---|---|---|---|"]
    for row in rows():
        cells = [
            answers.cell(row.case, row.event, tool) if tool in row.alone else NO_RULE
            for tool in TOOLS
        ]
        lines.append(f"| {row.what} | {row.wanted} | {' | '.join(cells)} |")
    return "\n".join(lines)

"""The section on faults of the data. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from iargus.monitoring.view import reading
from iargus.monitoring.view.figures import count, percent
from iargus.monitoring.view.names import clean
from iargus.monitoring.view.reading import Document

MOST_FINDINGS = 40


@dataclass(frozen=True)
class FindingRow:
    fault: str
    column: str
    count: str
    share: str
    detail: str
    serious: bool


@dataclass(frozen=True)
class Quality:
    findings: list[FindingRow]
    serious: int
    more: int


def serious_of(observed: Document) -> list[Document]:
    return reading.parts(observed, "serious")


def quality_of(observed: Document) -> Quality:
    """The serious findings, then the others."""
    serious = serious_of(observed)
    others = [each for each in reading.parts(observed, "quality") if each not in serious]
    shown = [*((each, True) for each in serious), *((each, False) for each in others)]
    return Quality(
        findings=[_row(finding, is_serious) for finding, is_serious in shown[:MOST_FINDINGS]],
        serious=len(serious),
        more=max(0, len(shown) - MOST_FINDINGS),
    )


def _row(finding: Document, is_serious: bool) -> FindingRow:
    concerned, rows = reading.count(finding, "count"), reading.count(finding, "rows")
    return FindingRow(
        fault=clean(finding.get("fault", "")),
        column=clean(finding.get("column") or "whole rows"),
        count=count(concerned),
        share=percent(concerned / rows) if rows else "–",
        detail=clean(finding.get("detail") or "", 80),
        serious=is_serious,
    )

"""What the rows show beside the verdict: faults, segments, the estimate without labels."""

from __future__ import annotations

from iargus.monitoring.view.explaining.words import span
from iargus.monitoring.view.reading import Document, count, interval, number, part, parts, text
from iargus.monitoring.view.reading import segments as worst_segments
from iargus.monitoring.view.wording import percent
from iargus.text import counted


def quality(document: Document) -> list[str]:
    """What is wrong with the rows, the serious findings first."""
    observed = part(document, "observed")
    serious, found = parts(observed, "serious"), parts(observed, "quality")
    others = [finding for finding in found if finding not in serious]
    lines = [f"Serious: {finding_words(finding)}." for finding in serious]
    return [*lines, *(f"{_capital(finding_words(each))}." for each in others)] or [
        "Nothing is wrong with the rows."
    ]


def segments(document: Document) -> list[str]:
    """The worst segments."""
    return [
        f"{text(each, 'segment')}: {percent(number(each, 'error'))} "
        f"({span(interval(each))}) on {counted(count(each, 'rows'), 'row')}"
        for each in worst_segments(part(document, "observed"))
    ]


def estimate(document: Document) -> list[str]:
    """The probable error of predictions whose labels may not have come yet."""
    facts = part(part(document, "observed"), "estimate")
    error = number(facts, "error")
    if error is None:
        reason = text(facts, "reason")
        return [f"Nothing was estimated: {reason}"] if reason else []
    limit = percent(number(document, "threshold"))
    lines = [
        f"The {count(facts, 'rows'):,} predictions of the month probably have an error of "
        f"{percent(error)} ({span(interval(facts))} with 95 % confidence), limit {limit}."
    ]
    repeated = count(facts, "repeated")
    if repeated:
        lines.append(
            f"{counted(repeated, 'further prediction')} for inputs that repeat earlier ones "
            f"{'is' if repeated == 1 else 'are'} left out."
        )
    beyond = number(facts, "beyond")
    if beyond:
        lines.append(
            f"In {percent(beyond)} of them the model doubts more than in any row with a label, "
            "so the estimate is too kind."
        )
    if facts.get("warns"):
        lines.append("The whole interval is over the limit. That warns; only labels can prove it.")
    return lines


def finding_words(finding: Document) -> str:
    """`unit changed in mileage: 812 of 2,000 rows (40.6 %), kilometres instead of miles`."""
    rows, of = count(finding, "count"), count(finding, "rows")
    words = fault_words(finding, "in {}")
    if of:
        words += f": {rows:,} of {of:,} rows ({percent(rows / of)})"
    detail = text(finding, "detail")
    return f"{words}, {detail}" if detail else words


def fault_words(finding: Document, where: str = "({})") -> str:
    """`unit changed (mileage)`."""
    fault, column = text(finding, "fault") or "fault", text(finding, "column")
    return f"{fault} {where.format(column)}" if column else fault


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

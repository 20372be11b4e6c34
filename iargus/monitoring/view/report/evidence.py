"""How sure the verdict is: power, and what the months say together. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring.stats.performance.evidence import LIMIT, STAKES, Evidence
from iargus.monitoring.stats.performance.verdict import ALPHA, WORSE
from iargus.monitoring.view import reading
from iargus.monitoring.view.figures import percent, plain, rows
from iargus.monitoring.view.reading import Document


def certainty_of(outcome: Document) -> Iterator[tuple[str, str]]:
    """Pairs of a name and what it says here."""
    power, limit = reading.number(outcome, "power"), reading.number(outcome, "threshold")
    if power is not None and limit is not None:
        yield (
            "Power",
            f"If the true error were {percent(WORSE * limit)}, a tenth above the limit, "
            f"{rows(reading.count(outcome, 'rows'))} would prove it in {percent(power)} of "
            f"months.{_comment(power)}",
        )
    lower = reading.number(outcome, "lower_bound")
    if lower is not None:
        yield (
            "Lower bound",
            f"The true error is above {percent(lower)}, but for a chance of {ALPHA:.2%}. "
            f"A breach needs this to be above the limit of {percent(limit)}.".replace("%.", " %."),
        )
    evidence = _evidence(outcome)
    if evidence is not None and evidence.months:
        months = "1 month" if evidence.months == 1 else f"{evidence.months:,} months"
        value = plain(evidence.value, 1) if evidence.value < LIMIT else f"over {LIMIT:,.0f}"
        yield (
            "Evidence",
            f"{months} with {rows(evidence.rows)} together: e-value {value}. From "
            f"{LIMIT:,.0f} on, a suspect month becomes a breach.",
        )


def _comment(power: float) -> str:
    if power < 0.5:
        return " That is little: a month that looks good says little."
    return " That is much: a month that looks good is good." if power >= 0.9 else ""


def _evidence(outcome: Document) -> Evidence | None:
    facts = reading.part(outcome, "evidence")
    capital = facts.get("log_capital")
    if not isinstance(capital, list | tuple) or len(capital) != len(STAKES):
        return None
    known = [reading.number({"value": value}, "value") for value in capital]
    found = tuple(min(value, 500.0) for value in known if value is not None)
    if len(found) != len(STAKES):
        return None
    return Evidence(
        reading.number(facts, "threshold"),
        reading.count(facts, "months"),
        reading.count(facts, "rows"),
        found,
    )

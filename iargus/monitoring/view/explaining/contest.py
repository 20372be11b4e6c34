"""The contest after a breach: what was compared, by which test, and what blocked a promotion."""

from __future__ import annotations

from iargus.monitoring.stats.performance.comparison import (
    ALPHA,
    MARGIN,
    MINIMUM_PAIRS,
    Decision,
    Method,
)
from iargus.monitoring.stats.performance.segments import MINIMUM_ROWS
from iargus.monitoring.view.challenger_outcome import outcome_of
from iargus.monitoring.view.explaining.words import INDENT, minute, p_words
from iargus.monitoring.view.reading import Document, count, number, part, parts, text
from iargus.monitoring.view.repeats import left_out
from iargus.monitoring.view.wording import percent
from iargus.text import counted

_ALPHA = f"{ALPHA * 100:.1f} %"


def contest(document: Document) -> list[str]:
    """Empty where no challenger was wanted."""
    retraining = part(document, "retraining")
    if not retraining:
        return []
    repeats = count(retraining, "repeated_rows")
    if not count(retraining, "holdout_rows"):
        return [
            f"All {repeats:,} held-out rows repeat earlier ones. Nothing could be compared, so "
            "nothing was fitted."
        ]
    version = text(retraining, "challenger_version")
    challenger = f"The challenger, version {version}," if version else "The challenger"
    aside = counted(count(retraining, "holdout_rows"), "row")
    cut = minute(retraining, "cut")
    details = [f"from {cut} UTC on" if cut else "", left_out(repeats)]
    told = ", ".join(each for each in details if each)
    since = f" ({told})" if told else ""
    return [
        f"The newest {aside}{since} were held out. {challenger} learned from "
        f"{count(retraining, 'learned_rows'):,} older rows.",
        f"On the held-out rows the error of the champion is "
        f"{percent(number(retraining, 'champion_error'))}, that of the challenger "
        f"{percent(number(retraining, 'challenger_error'))} "
        f"({text(retraining, 'method') or 'test not recorded'}: "
        f"{p_words(number(retraining, 'p_value'))}).",
        *_decision(retraining),
        *_serving(document, retraining),
    ]


def _decision(retraining: Document) -> list[str]:
    decision, worse = text(retraining, "decision"), parts(retraining, "worse")
    if decision == Decision.PROMOTE:
        return [
            f"The challenger {outcome_of(retraining)}: an equal one would do so well with a chance "
            f"of {_ALPHA} at most."
        ]
    if text(retraining, "method") == Method.TOO_FEW:
        return [
            f"The challenger {outcome_of(retraining)}: {MINIMUM_PAIRS} rows are needed for a test. "
            "The champion stays."
        ]
    refused = text(retraining, "refused")
    if refused:
        return [f"The challenger is better, and cannot be served: {refused}. The champion stays."]
    if worse:
        return [
            f"The challenger {outcome_of(retraining)}. The champion stays, because it is worse "
            "there surely and by more than "
            f"{MARGIN * 100:.0f} points, in segments of at least {MINIMUM_ROWS} rows:",
            *(INDENT + _segment(each) for each in worse),
        ]
    if decision == Decision.KEEP:
        return [f"The challenger {outcome_of(retraining)}. The champion stays."]
    if decision == Decision.UNDECIDED:
        return [
            f"The challenger {outcome_of(retraining)}: to show that one is better, p has to be at "
            f"most {_ALPHA}. The champion stays."
        ]
    return []


def _segment(worse: Document) -> str:
    return (
        f"{text(worse, 'segment')}: champion {percent(number(worse, 'champion_error'))}, "
        f"challenger {percent(number(worse, 'challenger_error'))} on "
        f"{counted(count(worse, 'rows'), 'row')}, {p_words(number(worse, 'p_value'))}"
    )


def _serving(document: Document, retraining: Document) -> list[str]:
    error, limit = number(retraining, "serving_error"), number(document, "threshold")
    if error is None or limit is None:
        return []
    where = "still over the limit" if error > limit else "within the limit"
    return [
        f"The error of the model that serves since then is {percent(error)} on these rows, "
        f"{where} of {percent(limit)}."
    ]

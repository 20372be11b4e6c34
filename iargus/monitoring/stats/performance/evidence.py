"""Evidence that adds up over months: an e-process, valid at every look. Pure.

An error one twentieth above the threshold is seldom proved by one month; tests by betting add such
months up. For a bet k, the e-value of a row with error x is 1 + k (x / threshold - 1). Its
expectation is at most 1 while the mean error is at most the threshold, whatever the distribution of
errors of at least zero, and so is that of the product over all rows (Waudby-Smith & Ramdas 2024,
J. R. Stat. Soc. B 86, 1). Normal theory, and with it the skewness of errors, plays no part.

A product below one starts again from one with the next month, so that good years do not hide a bad
month; this is the e-CUSUM of Shin, Ramdas & Rinaldo (2024, "E-detectors"), and the time to the
first false alarm is at least `LIMIT` months on average. The mean over several bets keeps that, so
none need be chosen: small ones gain against errors that are spread, large ones against errors that
are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from iargus.monitoring.stats.performance.tally import finite_errors

LIMIT = 400.0
"""Measured, this adds less than one percent a year for a model exactly on the threshold."""
STAKES = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32)
_LARGEST_LOG = 500.0  # more than this proves nothing further and would overflow


@dataclass(frozen=True)
class Evidence:
    """What the judged months of one champion say together against "at most `threshold`".

    `log_capital` has the logarithm of the product for each bet of `STAKES`; `months` and `rows`
    count what went in since it last began to grow.
    """

    threshold: float | None = None
    months: int = 0
    rows: int = 0
    log_capital: tuple[float, ...] = (0.0,) * len(STAKES)

    @property
    def value(self) -> float:
        """The e-value, at least about one: the mean over all bets."""
        return float(np.exp(self.log_capital).mean())

    @property
    def confirmed(self) -> bool:
        return self.value >= LIMIT

    def to_json(self) -> dict[str, Any]:
        return {
            "threshold": self.threshold,
            "months": self.months,
            "rows": self.rows,
            "log_capital": list(self.log_capital),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any] | None) -> Evidence:
        """Read what `to_json` wrote; no evidence where there is none, or other stakes."""
        if not document or len(document["log_capital"]) != len(STAKES):
            return cls()
        return cls(
            document["threshold"],
            int(document["months"]),
            int(document["rows"]),
            tuple(float(value) for value in document["log_capital"]),
        )


def accumulate(evidence_so_far: Evidence, errors: ArrayLike, threshold: float) -> Evidence:
    """Add a month that was judged, healthy or not; each row must go in once only.

    Leave a month without enough rows out: its rows come again with the next.

    Begin with `Evidence()` after every promotion: another model has another error. With another
    threshold the old evidence is about another question, and is dropped here.

    Raises:
        DataError: an error is not a finite number of at least zero.
    """
    values = finite_errors(errors)
    if evidence_so_far.threshold != threshold:
        evidence_so_far = Evidence(threshold)
    excess = values / threshold - 1
    grown = [float(np.log1p(stake * excess).sum()) for stake in STAKES]
    before = np.maximum(evidence_so_far.log_capital, 0.0)
    capital = np.clip(before + grown, -_LARGEST_LOG, _LARGEST_LOG)
    recovered = bool((capital <= 0).all())
    return Evidence(
        threshold=threshold,
        months=0 if recovered else evidence_so_far.months + 1,
        rows=0 if recovered else evidence_so_far.rows + int(values.size),
        log_capital=tuple(float(value) for value in capital),
    )

"""Where the error is largest stands in the order of the error."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iargus.monitoring.stats.performance.segments import SegmentErrors
from iargus.monitoring.view.month_view import MonthView


def test_the_worst_segments_stand_in_the_order_of_their_errors() -> None:
    """The few rows of `rare` err most, and surely least."""
    random = np.random.default_rng(1)
    found = SegmentErrors()
    for name, rows, error, spread in (
        ("many", 5_000, 0.30, 0.01),
        ("some", 500, 0.25, 0.01),
        ("rare", 120, 0.32, 0.6),
    ):
        errors = np.abs(random.normal(error, spread, rows))
        found.add({"make": pd.Series([name] * rows)}, errors * error / errors.mean())
    worst = found.worst()
    assert [each.segment for each in worst] == ["make=rare", "make=many", "make=some"]
    assert worst[0].interval[0] < worst[1].interval[0]


def test_documents_of_earlier_versions_are_read_in_that_order() -> None:
    known = {"rows": 200, "interval": [0.1, 0.4]}
    segments = [{"segment": "a", "error": 0.2, **known}, {"segment": "b", "error": 0.3, **known}]
    observed = MonthView.from_json(
        {"observed": {"segments": [*segments, {"segment": "c"}]}}
    ).observed
    assert observed is not None
    assert [each.segment for each in observed.segments] == ["b", "a"]

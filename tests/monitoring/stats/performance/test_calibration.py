"""The short form of `bench.calibration`: no promise is out of reach."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from bench.calibration.command import measure, table

NOT_REACHED = {
    "challenger better by a point, 3,000 rows, logs of errors correlated 0.5: promoted",
}
"""What the full form measures as missed, and `docs/explanation/monitoring.md` says."""


@pytest.mark.xdist_group("calibration")
def test_the_rules_keep_their_promises() -> None:
    found = measure(short=True, console=Console(file=io.StringIO()))
    missed = {one.case.name for one in found if not one.possible}
    assert missed <= NOT_REACHED, table(found, short=False)
    assert len(found) > 30

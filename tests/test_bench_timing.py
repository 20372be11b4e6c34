"""What `bench/timing` counts as a difference, and that each comparison asks what it says."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from bench.timing.command import COMPARISONS, row
from bench.timing.tokens import RING, altered, token
from bench.timing.welch import outcome
from iargus.auth.jwt.claims import decode
from iargus.settings.tokens import TokenPolicy

NOISE = np.random.default_rng(0).gamma(9.0, 3e-6, size=(2, 20_000))


def test_the_same_work_does_not_differ() -> None:
    assert not outcome(NOISE[0], NOISE[1]).differs


def test_a_microsecond_in_thirty_is_seen() -> None:
    assert outcome(NOISE[0], NOISE[1] + 1e-6).differs


def test_what_outliers_hide_is_seen_below_them() -> None:
    first, second = NOISE[0].copy(), NOISE[1] + 1e-6
    first[:40] = second[:40] = 0.5
    first[0] = 1.0
    found = outcome(first, second)
    assert abs(found.t) < 4.5
    assert found.differs


def test_a_mask_of_zero_changes_nothing_and_another_one_byte() -> None:
    good = token()
    assert altered(good, byte=31, mask=0) == good
    assert decode(good, RING, TokenPolicy())
    assert altered(good, byte=31, mask=1)[:-3] == good[:-3]
    assert altered(good, byte=31, mask=1) != good


@pytest.mark.parametrize("name", COMPARISONS)
def test_both_classes_of_a_comparison_can_be_asked(name: str, tmp_path: Path) -> None:
    comparison, lot = COMPARISONS[name], random.Random(0)
    with comparison.opened(tmp_path, lot) as sample:
        # Each raises where the answer is not the one that belongs to its class.
        assert all(sample(second) > 0 for second in (False, True, False, True))
    assert comparison.name in row(comparison, outcome(NOISE[0], NOISE[1]))

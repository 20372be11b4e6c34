"""A month as it is stored: whole on the way back, and as far as it goes from other releases."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iargus.monitoring.view.month_view import VERSION, MonthView
from tests.monitoring.view.explaining.judged_months import BREACH, SUSPECT, first_version, month


@pytest.mark.parametrize("changes", [{}, SUSPECT, BREACH])
def test_what_is_stored_is_read_back_whole(changes: dict[str, Any]) -> None:
    view = month(**changes)
    stored = json.loads(json.dumps(view.to_json(), allow_nan=False))
    assert stored["view_version"] == VERSION
    assert MonthView.from_json(stored) == view


def test_a_document_of_an_earlier_release_is_upgraded() -> None:
    stored = first_version(month(**BREACH).to_json())
    del stored["view_version"]
    view = MonthView.from_json(stored)
    assert view.view_version == VERSION
    assert (view.task, view.error, view.promoted) == ("car_price", 0.235, True)
    assert (view.observed, view.interval, view.also) == (None, None, ())


def test_what_is_malformed_is_left_out_and_nothing_else() -> None:
    stored = month(**BREACH).to_json()
    drift = stored["observed"]["drift"]
    drift["features"][0]["kind"] = "of a later release"
    drift["features"][1]["changes"].append({"what": "words"})
    stored["observed"]["segments"] = "none"
    stored |= {"power": float("nan"), "rows": True, "period": "2026-13", "status": "unheard of"}
    view = MonthView.from_json(stored)
    assert view.observed is not None
    assert view.observed.drift is not None
    assert [each.feature for each in view.observed.drift.features] == ["make", "year"]
    assert len(view.observed.drift.features[0].changes) == 1
    assert view.observed.segments == ()
    assert (view.power, view.rows, view.period, view.status) == (None, 0, None, None)
    assert view.error == 0.235

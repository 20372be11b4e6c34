"""Rows that every bundle of a kind must answer as its estimator did: plain ones and odd ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iargus.tasks.car_price.compiled import bundle as car
from iargus.tasks.text_intent import compiled as text


def _car(state: Any, make: Any, model: Any, year: Any, mileage: Any) -> dict[str, Any]:
    return {"state": state, "make": make, "model": model, "year": year, "mileage": mileage}


_ROWS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    car.KIND: (
        _car("TX", "Toyota", "Camry", 2019, 42_000.0),
        _car(None, "ford", "f-150 xlt", 2014, 70_000.0),
        _car("california", "Chevy", "Chevrolet Silverado 1500", 2011, 123_456.7),
        _car("zz", "Citroën", "C4 🚗", 1900, 0.0),
        _car("", "unheard of", "unheard of", 2200, 3_000_000.0),
        _car("ny", "bmw", "x5", None, None),
    ),
    text.KIND: (
        {"text": "how much is my car worth"},
        {"text": "Où est l'hôtel le plus proche ?"},
        {"text": ""},
        {"text": "🙂🙂 日本語 ﷺ"},
        {"text": "book book book a flight " * 40},
        {"text": "x" * 300},
    ),
}


def canaries(kind: str) -> Sequence[Mapping[str, Any]]:
    """Return the rows of a kind."""
    return _ROWS[kind]

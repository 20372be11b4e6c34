"""The colours of the page, by their role, for light and dark screens; a test computes the contrast
of all pairs that occur."""

from __future__ import annotations

LIGHT = {
    "page": "#ffffff",
    "soft": "#f4f6f8",
    "ink": "#1a2029",
    "muted": "#56606e",
    "rule": "#dde2e8",
    "now": "#1f5f99",
    "before": "#7d8895",
    "healthy": "#1b7446",
    "suspect": "#8a5a00",
    "breach": "#b3261e",
    "unsure": "#56606e",
    "on": "#ffffff",
}
DARK = {
    "page": "#12161b",
    "soft": "#1b2129",
    "ink": "#e6eaef",
    "muted": "#a3adba",
    "rule": "#333c47",
    "now": "#74aee6",
    "before": "#84909e",
    "healthy": "#6cc799",
    "suspect": "#e0b04a",
    "breach": "#ff9088",
    "unsure": "#a3adba",
    "on": "#12161b",
}
TONES = {"healthy": "healthy", "suspect": "suspect", "breach": "breach", "failed": "breach"}
"""The colour of a state; other states are `unsure`."""


def tone(state: str | None) -> str:
    return TONES.get(state or "", "unsure")

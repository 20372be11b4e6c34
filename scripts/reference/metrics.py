"""Metrics, as `iargus.metrics.families` declares them."""

from __future__ import annotations

from iargus.metrics.families import FAMILIES, LABELS, Family
from scripts.reference.markdown import code, table

_SUFFIXES = {"counter": "_total", "info": "_info"}
_SHOWN = {"age": "gauge", "info": "gauge"}


def exposed_name(family: Family) -> str:
    """The name as a scrape shows it."""
    return family.name + _SUFFIXES.get(family.kind, "")


def exposed_kind(family: Family) -> str:
    """The type as a scrape shows it."""
    return _SHOWN.get(family.kind, family.kind)


def markdown() -> str:
    """A table of the metrics, and one of their labels."""
    metrics = table(
        ("metric", "type", "labels", "meaning"),
        [
            (
                code(exposed_name(family)),
                exposed_kind(family),
                ", ".join(code(label) for label in family.labels),
                f"{family.help}.",
            )
            for family in FAMILIES
        ],
    )
    labels = table(
        ("label", "values"), [(code(label), f"{text}.") for label, text in LABELS.items()]
    )
    return f"{metrics}\n\n## Labels\n\n{labels}"

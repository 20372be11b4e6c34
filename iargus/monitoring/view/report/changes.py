"""Each way in which a feature has changed, as a sentence. Pure."""

from __future__ import annotations

from iargus.monitoring.stats.drift.compare import ChangeType
from iargus.monitoring.view import reading
from iargus.monitoring.view.figures import p_value, percent, plain, points
from iargus.monitoring.view.names import clean, listed
from iargus.monitoring.view.reading import Document


def sentence(feature: Document, change: Document) -> str:
    """What one comparison has found, with its effect, its limit and its p."""
    name = clean(feature.get("feature", ""))
    effect, p = reading.number(change, "effect"), p_value(reading.number(change, "p_value"))
    match reading.text(change, "what"):
        case ChangeType.DISTRIBUTION if feature.get("kind") == "category":
            return f"The mix of values of {name} moved by {_of_limit(change)}, {p}."
        case ChangeType.DISTRIBUTION:
            return f"{name} moved by {_of_limit(change, ' standard deviations')}, {p}."
        case ChangeType.LENGTH:
            moved = _of_limit(change, " standard deviations")
            return f"The length of the texts of {name} moved by {moved}, {p}."
        case ChangeType.MISSING:
            before, now = reading.pair(feature, "missing") or (None, None)
            return f"{percent(now)} of rows have values missing, {percent(before)} before, {p}."
        case ChangeType.NEVER_SEEN:
            share = percent(effect)
            return f"{share} of rows hold values never seen before{_names(change)}, {p}."
        case ChangeType.WORDS:
            share = points(effect or 0.0)
            return f"Words became more or less frequent, by up to {share}{_names(change)}, {p}."
        case what:
            return f"{clean(what)} moved by {_of_limit(change)}, {p}."


def measured(change: Document, key: str) -> str:
    """An effect or its limit, in the unit of what was compared, for a table."""
    value = reading.number(change, key)
    deviations = reading.text(change, "what") in (ChangeType.DISTRIBUTION, ChangeType.LENGTH)
    if value is None:
        return "–"
    return f"{plain(value)} σ" if deviations else percent(value)


def _of_limit(change: Document, unit: str = "") -> str:
    effect, floor = reading.number(change, "effect"), reading.number(change, "floor")
    return f"{plain(effect)}{unit} (limit {plain(floor)})"


def _names(change: Document) -> str:
    names = reading.texts(change, "names")
    return f": {listed(names)}" if names else ""

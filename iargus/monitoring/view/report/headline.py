"""The badge and the headline: a state in a few words. Pure."""

from __future__ import annotations

from iargus.monitoring.view.advice.situation import Situation
from iargus.monitoring.view.figures import version

BADGES = {
    "healthy": "healthy",
    "suspect": "suspect",
    "breach": "breach",
    "insufficient": "not enough data",
    "failed": "failed",
    "not_due": "not due",
}


def badge_of(state: str) -> str:
    """Empty where nothing was judged."""
    return BADGES.get(state, state.replace("_", " "))


def headline_of(situation: Situation) -> str:
    """The task itself where no month was judged."""
    if not situation.monthly or not situation.state:
        return situation.task
    judged = version(situation.champion)
    match situation.state:
        case "healthy":
            headline = f"{judged} is good enough"
        case "suspect":
            headline = f"{judged} is over the limit, which may be chance"
        case "breach":
            headline = _breach(situation)
        case "insufficient":
            headline = f"Not enough data to judge {judged}"
        case "failed":
            headline = "This month could not be judged"
        case "not_due":
            headline = "Nothing was due"
        case other:
            headline = badge_of(other)
    return headline[:1].upper() + headline[1:]


def _breach(situation: Situation) -> str:
    if situation.wins and situation.trial:
        mended = "would be better, and not good enough" if situation.over else "would fix it"
        return f"Over the limit; retraining {mended}"
    if situation.over:
        better = ", though the new version is better" if situation.promoted else ""
        return f"Over the limit, and not fixed{better}: action needed"
    if situation.promoted:
        return "Over the limit, and fixed by retraining"
    return "Over the limit, and within it again on the newest rows"

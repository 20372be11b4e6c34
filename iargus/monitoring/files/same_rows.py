"""Whether rows of two files that repeat earlier ones count: alike in both. Pure."""

from __future__ import annotations

from iargus.labelled.repeats import Repeats
from iargus.monitoring.drift.summary import Kinds
from iargus.monitoring.files.request import Request
from iargus.monitoring.files.scan import Scan
from iargus.monitoring.files.source import Source

_MOST = 0.5  # of the rows of a file; where more are equal to others, equal rows are the rule


def same_columns(
    kinds: Kinds, current: Source, reference: Source | None, request: Request
) -> tuple[str, ...]:
    """The columns by which a row repeats another: those that are compared, and the label where
    both files have it. A summary of a reference has it not."""
    sources = [current] if reference is None else [current, reference]
    names = [name for name in kinds if all(name in source.columns for source in sources)]
    label = request.label
    if label is None or label in kinds or reference is None:
        return tuple(names)
    in_both = all(source.columns.get(label, "absent") is None for source in sources)
    return (*names, label) if in_both else tuple(names)


def repeats_of_files(reference: Scan, current: Scan) -> Repeats:
    """Repeats are left out, unless rows are equal by chance: then each is an observation.

    Advertisements that are posted again are equal within a file far more than across the two. Rows
    of a few categories are as often equal to one of the other file; leaving them out would make
    what is frequent rare, and more so in the larger file.
    """
    n, m = reference.rows, current.rows
    if not n or not m or not (reference.repeated or current.repeated):
        return Repeats.LEFT_OUT
    within, now = reference.repeated / n, current.repeated / m
    if max(within, now) > _MOST:
        return Repeats.COUNTED
    across = current.seen.share_in(reference.seen)
    # By chance a row is equal to one of the n others of the reference about twice as often as to
    # one that stands before it there, and m / n times as often in the current file.
    by_chance = within <= across and now <= 2 * across * m / n
    return Repeats.COUNTED if by_chance else Repeats.LEFT_OUT

"""Whether rows of two files that repeat earlier ones count: alike in both. Pure."""

from __future__ import annotations

from iargus.monitoring.comparison.request import Request
from iargus.monitoring.comparison.scan import Scan
from iargus.monitoring.stats.drift.summary import Kinds
from iargus.storage.labelled.repeats import Repeats
from iargus.tables.frames.source import FrameSource

_MOST = 0.5  # of the rows of a file; where more are equal to others, equal rows are the rule
_MARGIN = 1.5  # shares of equal rows across and within files do not grow quite alike


def same_columns(
    kinds: Kinds, current: FrameSource, reference: FrameSource | None, request: Request
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
    if not reference.rows or not current.rows or not (reference.repeated or current.repeated):
        return Repeats.LEFT_OUT
    small, large = sorted((reference, current), key=lambda scan: scan.rows)
    in_small, in_large = small.repeated / small.rows, large.repeated / large.rows
    if max(in_small, in_large) > _MOST:
        return Repeats.COUNTED
    across = small.seen.share_in(large.seen)
    # By chance a row is equal to any of the larger file up to twice as often as to one before it
    # there, and less often to one before it in the smaller file, as that has fewer rows.
    fewer = small.rows / large.rows
    by_chance = in_large <= _MARGIN * across and in_small <= 2 * _MARGIN * across * fewer
    return Repeats.COUNTED if by_chance else Repeats.LEFT_OUT

"""The known name that a misspelt one stands for.

Plain Python, for a worker has no compiled library for it: names are few and short, most are ruled
out by their length and their letters, and the rest takes a microsecond for each.
"""

from collections.abc import Sequence
from typing import NamedTuple

MAX_LENGTH = 40  # letters and digits; what is longer is no typing error of a name of a car
_NEVER = 9


class Spelt(NamedTuple):
    """A known name, and which letters it has, as bits."""

    name: str
    letters: int

    @classmethod
    def of(cls, name: str) -> "Spelt":
        return cls(name, letters_of(name))


def letters_of(name: str) -> int:
    """Return the letters of a name as bits; two letters may share one."""
    found = 0
    for letter in name:
        found |= 1 << (ord(letter) & 63)
    return found


def nearest(given: str, known: Sequence[Spelt], limit: int, shortest: int) -> str | None:
    """Return the first of the ``known`` names that are nearest to ``given``; None if all of them
    are further away than ``limit`` or shorter than ``shortest``."""
    size = len(given)
    if not shortest - limit <= size <= MAX_LENGTH:
        return None
    letters, best, found = letters_of(given), limit + 1, None
    for name, its_letters in known:
        # One change alters two bits at most.
        if (
            len(name) < shortest
            or abs(len(name) - size) >= best
            or (letters ^ its_letters).bit_count() > 2 * (best - 1)
        ):
            continue
        apart = distance(given, name, best - 1)
        # Two errors hardly ever meet the first letter as well.
        if apart < best and (apart < 2 or given[0] == name[0]):
            best, found = apart, name
            if best <= 1:
                break
    return found


def distance(given: str, known: str, limit: int) -> int:
    """Return how many letters were left out, added, exchanged or swapped with the next one (the
    optimal string alignment); more than ``limit`` where it is more than that.

    A digit never stands for another one: an X3 is no misspelt X5.
    """
    if abs(len(given) - len(known)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(known) + 1))
    for i, letter in enumerate(given, 1):
        row = [i] + [_NEVER] * len(known)
        for j in range(max(1, i - limit), min(len(known), i + limit) + 1):
            other = known[j - 1]
            exchanged = _NEVER if letter.isdigit() and other.isdigit() else 1
            cost = 0 if letter == other else exchanged
            least = min(last[j - 1] + cost, last[j] + 1, row[j - 1] + 1)
            if i > 1 and j > 1 and letter == known[j - 2] and given[i - 2] == other:
                least = min(least, before[j - 2] + 1)
            row[j] = least
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return last[-1]

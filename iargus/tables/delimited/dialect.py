"""What separates the columns of a text: decided by whole rows, not by counting characters."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from itertools import islice

from iargus.tables.delimited.records import BLANKS, Dialect
from iargus.tables.lines import TextLines

SAMPLE_LINES = 300
# In this order where two fit alike: a comma also stands in sentences and numbers.
_DELIMITERS = ("\t", "|", ";", ",")
SHOWN = {"\t": "tab", BLANKS: "four blanks", ",": "comma", ";": "semicolon", "|": "vertical bar"}
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_MOST = 0.8


def dialect_of(lines: TextLines, asked: str | None, *, named_tsv: bool) -> Dialect:
    """The delimiter that was asked for, that `sep=` names, or under which the rows are alike."""
    sample = list(islice(lines, SAMPLE_LINES))
    skip = 0
    named = _SEP.fullmatch(sample[0]) if sample else None
    if named is not None:
        skip, sample = 1, sample[1:]
    if asked is not None:
        return Dialect(asked, skip)
    if named is not None:
        return Dialect(named[1], skip)
    return Dialect(_delimiter(sample, named_tsv=named_tsv), skip)


def _delimiter(sample: Sequence[str], *, named_tsv: bool) -> str | None:
    found: list[tuple[float, int, str]] = []
    for place, delimiter in enumerate(_DELIMITERS):
        widths = _widths(sample, delimiter)
        if not widths or widths[0] < 2:
            continue
        share = sum(width == widths[0] for width in widths) / len(widths)
        if delimiter == "\t" and (named_tsv or share >= _MOST):
            return delimiter
        found.append((round(share, 2), -place, delimiter))
    if found and max(found)[0] >= _MOST:
        return max(found)[2]
    rows = [line for line in sample if line.strip()]
    if rows and all(
        len(line.rsplit(BLANKS, 1)) == 2 and line.rsplit(BLANKS, 1)[0].strip() for line in rows
    ):
        return BLANKS
    return max(found)[2] if found else _below_a_title(sample)


def _below_a_title(sample: Sequence[str]) -> str | None:
    """The delimiter of the rows where only the first line has none: it is no header."""
    for delimiter in _DELIMITERS:
        widths = _widths(sample, delimiter)[1:]
        usual = max(set(widths), key=widths.count) if widths else 1
        if usual > 2 and widths.count(usual) >= _MOST * len(widths):
            return delimiter
    return None


def _widths(sample: Sequence[str], delimiter: str) -> list[int]:
    if not any(delimiter in line for line in sample):
        return []
    if delimiter == "\t":
        return [line.count("\t") + 1 for line in sample if line.strip()]
    widths: list[int] = []
    try:
        # The last row may be cut off; rows that are broken do not decide.
        reader = csv.reader((line + "\n" for line in sample), delimiter=delimiter)
        widths.extend(len(cells) for cells in reader if cells)
    except csv.Error:
        pass  # what was read before it counts
    return widths[:-1] if len(widths) >= SAMPLE_LINES - 1 else widths

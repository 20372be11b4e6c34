"""What a user may say about a file; whatever is left out is recognised."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TableOptions:
    """
    Attributes:
        encoding: as Python names it; None: recognised.
        delimiter: one character between the columns of a text file; None: recognised.
        sheet: the name or the number (from 1) of a workbook's sheet.
        split: the part of a file that has several, such as `train`; None: all of them.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    split: str | None = None

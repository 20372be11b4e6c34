"""Whether what should be a header is one."""

from __future__ import annotations

from collections.abc import Sequence

from iargus.errors import DataError
from iargus.tables.content import Content

_MOST = 0.9


def check_title(
    content: Content, unit: str, position: int, width: int, widths: Sequence[int]
) -> None:
    """
    Raises:
        DataError: the first row has fewer fields than nearly all rows below it, as a title has.
    """
    usual = max(set(widths), key=widths.count) if widths else 0
    if width < usual and widths.count(usual) > len(widths) * _MOST:
        raise DataError(
            f"{content.path}, {unit} {position}: {width} fields, and {usual} in the {unit}s below: "
            f"the header should be the first {unit}, with a name for every column"
        )

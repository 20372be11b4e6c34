"""When so few rows of a file can be used that none is: more likely the file is misread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from iargus.errors import ConfigurationError, DataError
from iargus.training.importers.rejected import RejectedRows

# Real files have rows without a year or with a price of 1 dollar.
DEFAULT_SHARE = 0.2
# One row of three says little of a file.
FEW_ROWS, SHARE_OF_FEW = 100, 0.5
SHOWN_REASONS = 3


@dataclass(frozen=True)
class AllowedRejections:
    """The share of rows that may be rejected; None: a fifth, or a half of fewer than 100 rows."""

    share: float | None = None

    @classmethod
    def parse(cls, text: str | None) -> AllowedRejections:
        """Read `0.3`, `30%` or `all`.

        Raises:
            ConfigurationError: it is no share.
        """
        if text is None:
            return cls()
        plain = text.strip().lower()
        if plain == "all":
            return cls(1.0)
        try:
            share = float(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise ConfigurationError(
                f"--allow-rejected {text!r} should be a share from 0 to 1, such as 0.3 or 30%, or "
                "all"
            )
        return cls(share)

    def of(self, rows: int) -> float:
        """The share that counts for a file of so many rows."""
        if self.share is not None:
            return self.share
        return SHARE_OF_FEW if rows < FEW_ROWS else DEFAULT_SHARE

    def refusal(self, rows: int, rejected: RejectedRows) -> str | None:
        """Why a file is refused as a whole, in several lines; None where it is not."""
        count = sum(rejected.reasons.values())
        share = self.of(rows)
        if count == 0 or share >= 1 or (count < rows and count <= share * rows):
            return None
        noun = "row is" if rows == 1 else "rows are"
        lines = [
            f"nothing is imported: {count:,} of {rows:,} {noun} rejected, and at most "
            f"{share:.0%} may be (--allow-rejected)"
        ]
        for reason, number in rejected.reasons.most_common(SHOWN_REASONS):
            lines.append(_line(reason, number, rejected))
        more = len(rejected.reasons) - SHOWN_REASONS
        if more > 0:
            lines.append(f"  and {more} other reason{'s' if more > 1 else ''}")
        return "\n".join(lines)


class ImportRefused(DataError):
    """Raised when too many rows of a file were rejected; nothing of it was stored."""

    def __init__(self, message: str, rejected_path: Path | None) -> None:
        where = f"\nThe rejected rows are in {rejected_path}" if rejected_path else ""
        super().__init__(f"{message}{where}")
        self.rejected_path = rejected_path


def _line(reason: str, number: int, rejected: RejectedRows) -> str:
    example = rejected.examples[reason]
    value = f", such as {example.value!r} in {example.where}" if example.value is not None else ""
    if not value:
        value = f", such as {example.where}"
    option = f"; try {example.option}" if example.option else ""
    return f"  {number:,}: {reason}{value}{option}"

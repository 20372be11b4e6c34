"""What is asked about two files. Plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """
    Attributes:
        label, prediction: the columns of the truth and of what the model said; with both, each
            row has an error.
        classes: labels are names, also where they are written as numbers such as 0 and 1.
        threshold: the error above which the model is no longer good enough; None judges nothing.
        columns: the features to compare; all that the reference has where it is empty.
        segments: columns by whose values the error is divided.
    """

    label: str | None = None
    prediction: str | None = None
    classes: bool = False
    threshold: float | None = None
    columns: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()

    @property
    def has_errors(self) -> bool:
        return self.label is not None and self.prediction is not None

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that the current file must have."""
        named = (self.label, self.prediction, *self.segments)
        return tuple(dict.fromkeys(name for name in named if name is not None))

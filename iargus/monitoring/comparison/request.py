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
        amounts: labels are quantities, such as prices. With neither this nor `classes` they are
            taken for what they and the predictions can only be.
        cutoff: predictions are probabilities of the class 1, which is predicted from this one on.
        ignore: columns that are no features.
        keep: features although they look like identifiers or times.
        most_set_aside: the share of the rows that may lack an error where a verdict is given.
    """

    label: str | None = None
    prediction: str | None = None
    classes: bool = False
    threshold: float | None = None
    columns: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    amounts: bool = False
    cutoff: float | None = None
    ignore: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    most_set_aside: float = 0.05

    @property
    def has_errors(self) -> bool:
        return self.label is not None and self.prediction is not None

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that the current file must have."""
        named = (self.label, self.prediction, *self.segments)
        return tuple(dict.fromkeys(name for name in named if name is not None))

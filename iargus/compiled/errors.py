"""What can go wrong with a bundle."""

from __future__ import annotations

from iargus.errors import ArtefactRejected, IArgusError


class Refused(ArtefactRejected):
    """Raised when a bundle is not what its manifest or its kind says it is."""


class NotCompilable(IArgusError):
    """Raised when an estimator has no form as a bundle; names the step and its type."""

"""Has what comes in changed? Pure: summaries of columns, and their comparison."""

from iargus.monitoring.stats.drift.compare import (
    Change,
    ChangeType,
    FeatureDrift,
    MinimumEffects,
    compare_features,
)
from iargus.monitoring.stats.drift.summary import FeatureSummary, Kind, merge_all, summarise

__all__ = [
    "Change",
    "ChangeType",
    "FeatureDrift",
    "FeatureSummary",
    "Kind",
    "MinimumEffects",
    "compare_features",
    "merge_all",
    "summarise",
]

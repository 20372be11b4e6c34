"""Has what comes in changed? Pure: summaries of columns, and their comparison."""

from iargus.monitoring.stats.drift.compare import (
    Change,
    FeatureDrift,
    Floors,
    What,
    compare_features,
)
from iargus.monitoring.stats.drift.summary import FeatureSummary, Kind, merge_all, summarise

__all__ = [
    "Change",
    "FeatureDrift",
    "FeatureSummary",
    "Floors",
    "Kind",
    "What",
    "compare_features",
    "merge_all",
    "summarise",
]

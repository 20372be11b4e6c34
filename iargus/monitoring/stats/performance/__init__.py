"""Is a model still good enough, and is a challenger better? Pure."""

from iargus.monitoring.stats.performance.comparison import Decision, Promotion, compare_models
from iargus.monitoring.stats.performance.evidence import Evidence, accumulate
from iargus.monitoring.stats.performance.unlabelled import UncertaintyModel, estimate_error
from iargus.monitoring.stats.performance.verdict import State, Verdict, confirm, judge_performance

__all__ = [
    "Decision",
    "Evidence",
    "Promotion",
    "State",
    "UncertaintyModel",
    "Verdict",
    "accumulate",
    "compare_models",
    "confirm",
    "estimate_error",
    "judge_performance",
]

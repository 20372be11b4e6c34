"""What is wrong with rows, by name. Pure."""

from iargus.monitoring.stats.quality.scan import (
    Fault,
    Finding,
    QualityScan,
    UnitCheck,
    check_quality,
)

__all__ = ["Fault", "Finding", "QualityScan", "UnitCheck", "check_quality"]

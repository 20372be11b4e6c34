"""What `iargus doctor` looks at."""

from iargus.operations.doctor.examine import examine
from iargus.operations.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "examine"]

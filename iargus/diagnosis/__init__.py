"""What `iargus doctor` looks at."""

from iargus.diagnosis.examine import examine
from iargus.diagnosis.finding import Finding, Level

__all__ = ["Finding", "Level", "examine"]

"""Two files of rows compared, each read once, in parts: memory does not grow with their length."""

from iargus.monitoring.comparison.compare import Comparison, compare_files
from iargus.monitoring.comparison.request import Request

__all__ = ["Comparison", "Request", "compare_files"]

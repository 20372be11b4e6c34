"""Metrics of the service: counts of every process of a host, merged at a scrape.

Each process counts in a file of its own under `var/metrics`, mapped into memory, so that what was
counted outlives it however it dies. prometheus-client writes the answer; its own files per process
are not used: on a full disk they end the process with SIGBUS, and those of the dead stay for ever.
"""

from iargus.metrics.metrics import Metrics
from iargus.metrics.series import DISCONNECTED, Route

__all__ = ["DISCONNECTED", "Metrics", "Route"]

"""Rate limits: exact over all workers of a host, and over hosts where there is Redis."""

from iargus.ratelimit.factory import LIMITERS, open_limits
from iargus.ratelimit.requests import RequestLimits

__all__ = ["LIMITERS", "RequestLimits", "open_limits"]

"""Statistics of monitoring: performance, drift, data quality. Pure functions."""

"""Each guard is taken away in turn, and a test must fail: see `__main__.py`."""

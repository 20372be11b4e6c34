"""One thread of computation per process; imported before anything that brings OpenMP.

Gradient boosting sums in parallel, and a sum depends on its order: with one thread the same data
and seed give the same model regardless of cores. One row is also predicted faster so, and workers
that share their cores do not wait for each other's threads.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

"""Fixtures for all tests; the real services they start are in `tests/services`."""

import iargus.threads  # noqa: F401 - before scikit-learn is imported

pytest_plugins = [
    "tests.services.fixtures_mariadb",
    "tests.services.fixtures_mlflow",
    "tests.services.fixtures_smtp",
]

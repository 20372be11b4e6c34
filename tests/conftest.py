"""Fixtures for all tests; the real services they start are in `tests/services`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

import iargus.threads  # noqa: F401 - before scikit-learn is imported
from tests.slow import NOT_SLOW, is_slow

pytest_plugins = [
    "tests.services.fixtures_mariadb",
    "tests.services.fixtures_mlflow",
    "tests.services.fixtures_redis",
    "tests.services.fixtures_smtp",
    "tests.api.fixtures",
]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where slow tests are left out, do not even import their files."""
    path = collection_path.relative_to(config.rootpath).as_posix()
    return True if config.option.markexpr == NOT_SLOW and is_slow(path) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that `make test` leaves out."""
    for item in items:
        if is_slow(item.nodeid.partition("::")[0]):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Commands that run inside a test set the level of the whole process."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)

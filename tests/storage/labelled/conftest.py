"""Stores on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iargus.storage.database import Database, LABELLED
from iargus.settings import Settings


@pytest.fixture
def labelled_database(any_database_settings: Settings) -> Iterator[Database]:
    database = Database.connect(LABELLED, any_database_settings)
    yield database
    database.dispose()

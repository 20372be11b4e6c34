"""Stores on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iargus.settings import Settings
from iargus.storage.database import LABELLED, Database


@pytest.fixture
def labelled_database(any_database_settings: Settings) -> Iterator[Database]:
    database = Database.connect(LABELLED, any_database_settings)
    yield database
    database.dispose()

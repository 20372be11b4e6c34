"""The store of predictions on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iargus.settings import Settings
from iargus.storage.database import API, Database


@pytest.fixture
def api_database(any_database_settings: Settings) -> Iterator[Database]:
    database = Database.connect(API, any_database_settings)
    yield database
    database.dispose()

"""A service with MariaDB behind a proxy, shared by the tests of a module."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outages.user import User
from tests.outages.world import World, world
from tests.test_end_to_end import prepared_var

__all__ = ["prepared_var"]


@pytest.fixture(scope="module")
def service(prepared_var: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two workers with both tasks placed; a policy of the module's own is `POLICY` there."""
    folder = tmp_path_factory.mktemp("outage")
    shutil.copytree(prepared_var, folder / "var")
    with world(folder, folder / "var", policy={}) as started:
        yield started
    assert "Traceback" not in started.log()


@pytest.fixture
def user(service: World) -> Iterator[User]:
    """Somebody with a valid token, and one that every worker knows to be revoked."""
    with User(service) as somebody:
        yield somebody

"""Which keys sign and verify models, and where there are none."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from iargus.errors import ConfigurationError
from iargus.models.trust import Trust, bundle_keys
from iargus.settings import Environment, Policy, Settings


def settings(tmp_path: Path, **environ: str) -> Settings:
    return Settings(Environment.read({"IARGUS_VAR": str(tmp_path / "var"), **environ}), Policy())


def test_the_environment_gives_the_keys(tmp_path: Path) -> None:
    here = settings(tmp_path, IARGUS_BUNDLE_KEYS=f"b:{'abcdefgh' * 4},a:{'uvwxyzab' * 4}")
    assert [key.kid for key in bundle_keys(here)] == ["b", "a"]
    assert not here.bundle_key_file.exists()


def test_a_developer_gets_a_key_once_that_is_another_than_that_of_tokens(tmp_path: Path) -> None:
    here = settings(tmp_path)
    (first,), (again,) = bundle_keys(here), bundle_keys(here)
    assert first == again
    assert stat.S_IMODE(here.bundle_key_file.stat().st_mode) == 0o600
    assert here.bundle_key_file != here.key_file
    here.bundle_key_file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="mode 644"):
        bundle_keys(here)


@pytest.mark.parametrize("environ", [{"IARGUS_ENV": "production"}, {"MLFLOW_HOST": "mlflow:5000"}])
def test_a_shared_registry_without_keys_is_believed_with_a_warning(
    tmp_path: Path, environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    here = settings(tmp_path, **environ)
    assert not Trust.of(here).has_keys
    assert "IARGUS_BUNDLE_KEYS is not set" in caplog.text
    assert not here.bundle_key_file.exists()


def test_nothing_is_made_before_something_is_signed(tmp_path: Path) -> None:
    here = settings(tmp_path)
    Trust.of(here)
    assert not here.var_dir.exists()

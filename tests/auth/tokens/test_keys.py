"""Where keys come from, and that production never makes one up."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from iargus.auth.keys.loading import load_key_ring
from iargus.errors import ConfigurationError
from iargus.settings import Environment, Policy, Settings
from iargus.settings.keys import new_key


def settings(tmp_path: Path, **environ: str) -> Settings:
    return Settings(Environment.read({"IARGUS_VAR": str(tmp_path / "var"), **environ}), Policy())


def test_the_environment_gives_the_keys_and_the_first_signs(tmp_path: Path) -> None:
    keys = f"b:{'uvwxyzab' * 4},a:{'abcdefgh' * 4}"
    ring = load_key_ring(settings(tmp_path, IARGUS_JWT_KEYS=keys, IARGUS_ENV="production"))
    assert ring.signing_kid == "b"
    assert ring.secret("a") == (b"abcdefgh" * 4, True)


def test_a_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    here = settings(tmp_path)
    first = load_key_ring(here)
    assert stat.S_IMODE(here.key_file.stat().st_mode) == 0o600
    assert load_key_ring(here).secret(first.signing_kid) == first.secret(first.signing_kid)
    assert [path.name for path in here.key_file.parent.iterdir()] == ["jwt.key"]


def test_workers_that_start_together_end_with_one_key(tmp_path: Path) -> None:
    here = settings(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        kids = set(pool.map(lambda _: load_key_ring(here).signing_kid, range(32)))
    assert len(kids) == 1


def test_of_two_that_make_a_key_at_once_the_first_one_s_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, sync = settings(tmp_path), os.fsync
    first: list[str] = []

    def meanwhile(descriptor: int) -> None:
        monkeypatch.setattr(os, "fsync", sync)
        first.append(load_key_ring(here).signing_kid)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", meanwhile)
    assert [load_key_ring(here).signing_kid] == first
    assert [load_key_ring(here).signing_kid] == first


@pytest.mark.parametrize("environ", [{"IARGUS_ENV": "production"}, {"WEBSITE_SITE_NAME": "w"}])
def test_production_refuses_to_start_without_keys(tmp_path: Path, environ: dict[str, str]) -> None:
    here = settings(tmp_path, **environ)
    with pytest.raises(ConfigurationError, match="IARGUS_JWT_KEYS is not set"):
        load_key_ring(here)
    assert not here.key_file.exists()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    here = settings(tmp_path)
    load_key_ring(here)
    here.key_file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="mode 644"):
        load_key_ring(here)


def test_an_empty_key_file_is_refused(tmp_path: Path) -> None:
    here = settings(tmp_path)
    load_key_ring(here)
    here.key_file.write_text("")
    with pytest.raises(ConfigurationError, match="holds no key"):
        load_key_ring(here)


def test_a_new_key_is_fit_for_the_environment() -> None:
    assert Environment.read({"IARGUS_JWT_KEYS": new_key()}).jwt_keys[0].kid

"""Which keys sign and verify models, and where there are none."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from iargus.errors import ArtefactRejected, ConfigurationError
from iargus.registry.trust import Trust, bundle_keys
from iargus.registry.version import BUNDLE_DIGEST, SIGNATURE, ModelVersion
from iargus.settings import Environment, Policy, Settings
from iargus.settings.keys import BundleKey


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


FIRST = BundleKey.model_validate({"kid": "first", "secret": "k" * 48})
OTHER = BundleKey.model_validate({"kid": "other", "secret": "o" * 48})
FORGED = BundleKey.model_validate({"kid": "first", "secret": "x" * 48})
TAGS = {"sha256": "a" * 64, BUNDLE_DIGEST: "b" * 64}


def version(signed_by: BundleKey | None, number: str = "7", **changed: str) -> ModelVersion:
    """A version, and its signature of before it was changed."""
    made = ModelVersion("car_price", "7", "run", datetime(2026, 11, 1), (), TAGS)
    signature = None if signed_by is None else Trust(lambda: [signed_by]).signature(made)
    tags = TAGS | ({} if signature is None else {SIGNATURE: signature}) | changed
    return replace(made, version=number, tags=tags)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (version(None), "it is not signed"),
        (version(FORGED), "its signature is not that of this version"),
        (version(OTHER), "signed by the key 'other'"),
        (version(FIRST, number="8"), "its signature is not that of this version"),
        (version(FIRST, sha256="c" * 64), "its signature is not that of this version"),
        (version(FIRST, **{BUNDLE_DIGEST: "c" * 64}), "its signature is not that of this version"),
        (replace(version(FIRST), task="intent"), "its signature is not that of this version"),
    ],
)
def test_only_what_was_signed_is_believed(found: ModelVersion, words: str) -> None:
    trust = Trust(lambda: [FIRST])
    trust.check(version(FIRST))
    with pytest.raises(ArtefactRejected, match=words):
        trust.check(found)


def test_where_nothing_need_be_signed_a_wrong_signature_is_refused_all_the_same() -> None:
    lenient = Trust(lambda: [FIRST], allow_unsigned=True)
    lenient.check(version(None))
    with pytest.raises(ArtefactRejected, match="its signature is not"):
        lenient.check(version(FORGED))

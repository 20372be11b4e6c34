"""A mode that cannot work, or that nobody has chosen, refuses the start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from iargus.auth.issuing.composition import mode_of
from iargus.errors import ConfigurationError
from iargus.settings import Environment, Policy, Settings
from iargus.settings.tokens import IssuingMode

MAIL = {"SMTP_SERVER": "mail.example.com", "SMTP_RECIPIENT": "ops@example.com"}
PRODUCTION = {"IARGUS_ENV": "production"}


def settings(environ: dict[str, str], **issuing: Any) -> Settings:
    return Settings(Environment.read(environ), Policy.model_validate({"issuing": issuing}))


def test_without_a_mode_a_developer_s_machine_is_open() -> None:
    assert mode_of(settings({})) is IssuingMode.OPEN


@pytest.mark.parametrize("environ", [PRODUCTION, {"WEBSITE_SITE_NAME": "w"}])
def test_without_a_mode_production_does_not_start(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=r"issuing\.mode is not set") as caught:
        mode_of(settings(environ))
    line = str(caught.value)
    assert "\n" not in line
    assert all(mode in line for mode in IssuingMode)


@pytest.mark.parametrize("mode", ["open", "invitation"])
def test_production_starts_in_the_mode_that_was_chosen(mode: str) -> None:
    assert mode_of(settings(PRODUCTION, mode=mode)) == mode


@pytest.mark.parametrize(
    ("environ", "issuing", "words"),
    [
        ({}, {"public_url": "https://x.example.com"}, "SMTP_SERVER is not set"),
        (MAIL, {}, r"issuing\.public_url"),
        (MAIL | PRODUCTION, {"public_url": "http://x.example.com"}, "https://"),
        (MAIL, {"public_url": "https://x.example.com", "allow": ["*"]}, r"issuing\.allow: '\*'"),
    ],
)
def test_confirm_names_what_it_lacks(
    environ: dict[str, str], issuing: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        mode_of(settings(environ, mode="confirm", **issuing))


def test_confirm_starts_with_all_it_needs() -> None:
    found = settings(MAIL | PRODUCTION, mode="confirm", public_url="https://x.example.com/api/")
    assert mode_of(found) is IssuingMode.CONFIRM


@pytest.mark.parametrize(
    ("issuing", "words"),
    [
        ({"mode": "allow-list"}, "at least one entry"),
        ({"mode": "open", "allow": ["example.com"]}, "counts only with"),
        ({"mode": "invitation", "allow": ["example.com"]}, "counts only with"),
        ({"allow": ["example.com"]}, "counts only with"),
        ({"mode": "closed"}, "'open', 'allow-list', 'confirm' or 'invitation'"),
        ({"public_url": "api.example.com"}, "public_url"),
        ({"public_url": "https://user@api.example.com"}, "public_url"),
        ({"public_url": "https://api.example.com/?x"}, "public_url"),
    ],
)
def test_a_block_without_sense_is_refused(issuing: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Policy.model_validate({"issuing": issuing})


def test_the_shipped_file_leaves_the_choice_to_whoever_deploys() -> None:
    shipped = Policy.read(Path(__file__).parents[3] / "config.yml")
    assert shipped.issuing.mode is None

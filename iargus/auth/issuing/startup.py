"""Whether a service may start in the mode that its settings name."""

from __future__ import annotations

from urllib.parse import urlsplit

from iargus.auth.issuing.allow_list import AllowList
from iargus.errors import ConfigurationError
from iargus.settings import Settings
from iargus.settings.issuing import IssuingMode


def mode_of(settings: Settings) -> IssuingMode:
    """The mode that the settings name, once all that it needs is there.

    Raises:
        ConfigurationError: production without a mode, or a mode without what it needs; one line
            that names the setting.
    """
    policy = settings.policy.issuing
    if policy.mode is None:
        if settings.environment.production:
            raise ConfigurationError(
                "issuing.mode is not set: in production config.yml says who may have a token, "
                f"one of {', '.join(IssuingMode)} (docs/how-to/issuing.md)"
            )
        return IssuingMode.OPEN
    AllowList(policy.allow)
    if policy.mode is IssuingMode.CONFIRM:
        _check_mail(settings)
    return policy.mode


def _check_mail(settings: Settings) -> None:
    if settings.environment.smtp is None:
        raise ConfigurationError(
            "issuing.mode is confirm, which sends mails, but SMTP_SERVER is not set"
        )
    url = settings.policy.issuing.public_url
    if url is None:
        # Never from the request: whoever asks writes the Host header, and the link would lead
        # the reader of the mail wherever that says.
        raise ConfigurationError(
            "issuing.mode is confirm, but issuing.public_url, which the links in its mails begin "
            "with, is not set"
        )
    root_path = settings.policy.server.root_path
    if not urlsplit(url).path.rstrip("/").endswith(root_path):
        raise ConfigurationError(
            f"issuing.public_url does not end with server.root_path, {root_path}: the links in "
            "mails would lead elsewhere"
        )
    if settings.environment.production and urlsplit(url).scheme != "https":
        raise ConfigurationError(
            "issuing.public_url must begin with https:// in production: a token is shown there"
        )

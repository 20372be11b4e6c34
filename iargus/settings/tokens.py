"""Tokens in `config.yml`: how long they are valid, who may have one, and their rate limits."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from iargus.settings.fields import A_WEEK_S, Section

# What no policy may exceed: a token that is valid for longer was never issued, by any release.
MAX_TTL_DAYS = 3650


class TokenPolicy(Section):
    ttl_days: int = Field(180, ge=1, le=MAX_TTL_DAYS, description="How long a new token is valid")
    issuer: str = Field("iargus", min_length=1, description="The claim `iss` of every token")
    audience: str = Field("iargus-api", min_length=1, description="The claim `aud` of every token")
    leeway_s: int = Field(
        0, ge=0, le=300, description="Clock skew that is allowed when `exp` and `iat` are checked"
    )
    revocation_refresh_s: float = Field(
        0.25,
        gt=0,
        le=60,
        description="Interval at which each worker reads newly revoked tokens and new keys",
    )
    revocation_max_age_s: float = Field(
        900.0,
        gt=0,
        le=A_WEEK_S,
        description=(
            "Age that the list of revoked tokens may reach in an outage before requests are "
            "answered with 503"
        ),
    )
    announce_expiry_days: int = Field(
        14,
        ge=0,
        le=365,
        description="How long before its expiry the holder of a token is notified; 0 for never",
    )


class IssuingMode(StrEnum):
    """How a person gets a token; docs/how-to/issuing.md says what each is good for."""

    OPEN = "open"
    ALLOW_LIST = "allow-list"
    CONFIRM = "confirm"
    INVITATION = "invitation"


_WITH_A_LIST = (IssuingMode.ALLOW_LIST, IssuingMode.CONFIRM)


class IssuingPolicy(Section):
    mode: IssuingMode | None = Field(
        None,
        description=(
            "Who may have a token; unset, `open` in development, and in production the service "
            "refuses to start"
        ),
    )
    allow: tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)], ...] = (
        Field(
            (),
            description=(
                "Addresses, domains and `*.domain` for all subdomains of one that may have a "
                "token: required by `allow-list`, optional with `confirm`"
            ),
        )
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/?#@]+(/[^\s?#@]*)?$",
        description=(
            "The public address of this service; links in the mails of `confirm` begin with it"
        ),
    )
    confirm_minutes: int = Field(
        30, ge=5, le=1440, description="How long the link in such a mail is valid"
    )
    mails_per_hour: int = Field(
        3, ge=1, le=10_000, description="Mails with a link to one person in an hour"
    )
    mails_per_hour_total: int = Field(
        200,
        ge=1,
        le=10_000_000,
        description="Mails with a link to all people in an hour, over all workers and hosts",
    )
    tokens_per_day: int = Field(
        10, ge=1, le=100_000, description="Tokens for one person in 24 hours, except in `open`"
    )
    max_live_tokens: int = Field(
        5,
        ge=1,
        le=100_000,
        description="Valid tokens that one person may hold at once, except in `open`",
    )

    @model_validator(mode="after")
    def _list_where_it_counts(self) -> Self:
        if self.mode is IssuingMode.ALLOW_LIST and not self.allow:
            raise ValueError("mode allow-list needs at least one entry under allow")
        if self.allow and self.mode not in _WITH_A_LIST:
            # A list that nobody looks at would seem to protect something.
            raise ValueError("allow counts only with mode allow-list or confirm")
        return self


class LimitPolicy(Section):
    enabled: bool = Field(True, description="Whether requests are rate-limited")
    requests_per_minute: int = Field(
        6000,
        ge=1,
        le=1_000_000_000,
        description="Requests of one token in a minute, over all workers",
    )
    address_requests_per_minute: int | None = Field(
        12_000,
        ge=1,
        le=1_000_000_000,
        description=(
            "Requests of one client address in a minute, with any token or none; many clients may "
            "share one address. `null` for no such limit"
        ),
    )
    tokens_per_hour: int = Field(
        60,
        ge=1,
        le=1_000_000_000,
        description="Tokens that one client address may request in an hour",
    )
    redis_timeout_ms: int = Field(
        50,
        ge=1,
        le=10_000,
        description=(
            "Timeout of Redis, where `REDIS_URL` names one; after it the host counts by itself "
            "until Redis answers again"
        ),
    )

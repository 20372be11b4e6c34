"""`issuing` of `config.yml`: who may have a token."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from iargus.settings.section import Section


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

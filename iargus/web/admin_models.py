"""What the routes under `/admin` take and give."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from iargus.clock import to_naive_utc
from iargus.tokens.register import Page, Wanted
from iargus.tokens.service import normal_email
from iargus.tokens.shown import State, masked, state_of
from iargus.tokens.store import TokenRecord

MAX_PAGE_ROWS = 1000
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]


class Which(BaseModel):
    """Which tokens are meant; all of what is given must be so. An address is never taken from a
    URL, which many programs log."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"email": "ada@example.com"}, {"older_than_days": 90}]},
    )

    email: Text | None = None
    jti: Text | None = None
    kid: Text | None = None
    issued_before: AwareDatetime | None = None
    older_than_days: int | None = Field(None, ge=0, le=36_500)

    def wanted(self, now: datetime) -> Wanted:
        """The same as the register takes it."""
        moments = [self.issued_before] if self.issued_before is not None else []
        if self.older_than_days is not None:
            moments.append(now - timedelta(days=self.older_than_days))
        return Wanted(
            email=None if self.email is None else normal_email(self.email),
            jti=self.jti,
            kid=self.kid,
            issued_before=to_naive_utc(min(moments)) if moments else None,
        )


class Search(Which):
    """A page of the tokens that are meant; `cursor` is that of the page before."""

    limit: int = Field(100, ge=1, le=MAX_PAGE_ROWS)
    cursor: int | None = Field(None, ge=1)


class Revocation(Which):
    """What to revoke. A request that means more than one token must say how many it expects, so
    that a slip ends nothing; asked without, the answer is 409 and says how many there are."""

    expected: int | None = Field(None, ge=0, description="How many tokens are meant, if not one")


class TokenInfo(BaseModel):
    """What is known of a token; the token itself is not kept, and the address is masked."""

    jti: str
    email: str = Field(description="Masked, as in a…@example.com")
    kid: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    state: State
    scope: str | None
    tasks: list[str] | None


class TokenPage(BaseModel):
    """Tokens, the newest first; `cursor` begins the next page and is null at the end."""

    tokens: list[TokenInfo]
    cursor: int | None


class Revoked(BaseModel):
    """How many tokens were revoked."""

    revoked: int
    state: Literal["done"] = "done"


def as_info(record: TokenRecord, revoked_kids: Collection[str], *, now: datetime) -> TokenInfo:
    """A record as it is answered."""
    return TokenInfo(
        jti=record.jti,
        email=masked(record.holder.email),
        kid=record.kid,
        issued_at=record.created_at.replace(tzinfo=UTC),
        expires_at=record.expires_at.replace(tzinfo=UTC),
        revoked_at=None if record.revoked_at is None else record.revoked_at.replace(tzinfo=UTC),
        state=state_of(record, to_naive_utc(now), revoked_kids),
        scope=record.scope,
        tasks=None if record.tasks is None else list(record.tasks),
    )


def as_page(page: Page, revoked_kids: Collection[str], *, now: datetime) -> TokenPage:
    """A page as it is answered."""
    tokens = [as_info(record, revoked_kids, now=now) for record in page.records]
    return TokenPage(tokens=tokens, cursor=page.cursor)

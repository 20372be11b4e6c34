"""The requests and answers of the routes under `/admin`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from iargus.api.openapi.description import with_examples
from iargus.auth.tokens.record import State, TokenRecord, masked, state_of
from iargus.auth.tokens.register import Page, Wanted
from iargus.auth.tokens.service import normal_email
from iargus.clock import to_naive_utc
from iargus.tasks.fields import NEVER_AS_TEXT, Text

_RFC_3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:)([0-9]{2})(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def _read(value: Any) -> str:
    # pydantic alone would also take a date, and any number as seconds since 1970.
    found = _RFC_3339.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("time_invalid", "a time is expected, as 2026-11-01T12:00:00Z")
    day_and_minute, seconds, fraction, zone = found.groups(default="")
    # Python has no leap second; of the fraction it keeps six digits.
    return f"{day_and_minute}{'59' if seconds == '60' else seconds}{fraction[:7]}{zone}"


def _in_utc(timestamp: datetime) -> datetime:
    try:
        return timestamp.astimezone(UTC)
    except OverflowError:
        # A year that Python does not have: the earliest or the latest time means the same here.
        return (datetime.min if timestamp.year == 1 else datetime.max).replace(tzinfo=UTC)


Timestamp = Annotated[
    AwareDatetime,
    BeforeValidator(_read),
    AfterValidator(_in_utc),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


PAGE_ROWS, MAX_PAGE_ROWS = 100, 1000
MAX_DAYS = 36_500
MAX_ID = 2**63 - 1  # what the column of a number holds
Name = Annotated[str, Text(254)]
# The same in a query string.
TEXT = TypeAdapter(Name).json_schema()
_WHOLE = re.compile(r"-?[0-9]{1,20}")


class TokenFilter(BaseModel):
    """Which tokens are meant; all of what is given must be so. An address is never taken from a
    URL, which many programs log."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"email": "ada@example.com"}, {"older_than_days": 90}]},
    )

    email: Name | None = None
    jti: Name | None = None
    kid: Name | None = None
    issued_before: Timestamp | None = None
    older_than_days: Annotated[int, Field(ge=0, le=MAX_DAYS), NEVER_AS_TEXT] | None = None

    def wanted(self, now: datetime) -> Wanted:
        """The same as the register takes it."""
        timestamps = [self.issued_before] if self.issued_before is not None else []
        if self.older_than_days is not None:
            timestamps.append(now - timedelta(days=self.older_than_days))
        return Wanted(
            email=None if self.email is None else normal_email(self.email),
            jti=self.jti,
            kid=self.kid,
            issued_before=to_naive_utc(min(timestamps)) if timestamps else None,
        )


class Search(TokenFilter):
    """A page of the tokens that are meant; `cursor` is that of the page before."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_ROWS), NEVER_AS_TEXT] = PAGE_ROWS
    cursor: Annotated[int, Field(ge=1, le=MAX_ID), NEVER_AS_TEXT] | None = None


class TokenQuery(Search):
    """A search in a query string, where a person's address cannot be."""

    email: None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Read the parameters; of a name that comes twice the last value counts.

        Raises:
            pydantic.ValidationError: with those that are wrong.
        """
        numbers = ("older_than_days", "limit", "cursor")
        return cls.model_validate(
            {
                name: int(text) if name in numbers and _WHOLE.fullmatch(text) else text
                for name, text in query.items()
            }
        )


class Revocation(TokenFilter):
    """What to revoke. A request that means more than one token must say how many it expects, so
    that a slip ends nothing; asked without, the answer is 409 and says how many there are."""

    expected: Annotated[int, Field(ge=0), NEVER_AS_TEXT] | None = Field(
        None, description="How many tokens are meant, if not one"
    )


_EXAMPLE: JsonDict = {
    "jti": "019a8f0e-6a3a-7c3e-9a51-3b1f0f0f7f11",
    "email": "a…@example.com",
    "kid": "first",
    "issued_at": "2026-11-21T09:30:00Z",
    "expires_at": "2027-05-20T09:30:00Z",
    "revoked_at": "2026-12-01T08:00:00Z",
    "state": "revoked",
    "scope": "admin",
    "tasks": ["intent"],
}


class TokenInfo(BaseModel):
    """What is known of a token; the token itself is not stored, and the address is masked."""

    model_config = with_examples(_EXAMPLE)

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

    model_config = with_examples({"tokens": [_EXAMPLE], "cursor": 41})

    tokens: list[TokenInfo]
    cursor: int | None


class RevocationResult(BaseModel):
    """How many tokens were revoked."""

    model_config = with_examples({"revoked": 1, "state": "done"})

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

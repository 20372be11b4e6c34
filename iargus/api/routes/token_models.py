"""The requests and answers of the routes that issue and revoke tokens."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated, Any, Literal, LiteralString

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic.config import JsonDict
from pydantic_core import InitErrorDetails, PydanticCustomError
from starlette.responses import JSONResponse

from iargus.api.openapi.description import with_examples
from iargus.auth.jwt.claims import MAX_TASKS
from iargus.auth.tokens.record import Grant
from iargus.auth.tokens.service import IssuedToken
from iargus.tasks.fields import BLANKS, NEVER_AS_TEXT, Text

# Controls, ends of lines, and what makes text run the other way or hides in it: a name is part
# of mails. Anything else may be in somebody's name.
INVISIBLE = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\uffff"
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")


def _visible(text: object) -> object:
    if isinstance(text, str) and _INVISIBLE.search(text):
        raise PydanticCustomError(
            "name_invalid", "the name holds characters that cannot be printed"
        )
    return text


def _plausible(address: str) -> str:
    try:
        # No look-up of the domain: whether an address is plausible must not need the network.
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise PydanticCustomError(
            "email_invalid", "{reason}", {"reason": str(error).rstrip(".")}
        ) from None


Name = Annotated[
    str,
    Text(100),
    BeforeValidator(_visible),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": 100,
            "pattern": f"^[^{INVISIBLE}]*[^{INVISIBLE}{BLANKS}][^{INVISIBLE}]*$",
        }
    ),
]


_RESERVED = "|".join(
    "".join(f"[{letter.upper()}{letter}]" for letter in name) for name in SPECIAL_USE_DOMAIN_NAMES
)
# What email-validator looks at beyond the format; the local part may not be quoted.
_ADDRESS: JsonDict = {
    "format": "idn-email",
    "pattern": r'^[^@" ]+@[^@ ]+\.[^@. ]+$',
    "not": {"pattern": rf"[@.]({_RESERVED})$"},
}


class TokenRequest(BaseModel):
    """Who asks for a token, and perhaps for less than every token has."""

    model_config = with_examples(
        {"first_name": "Ada", "surname": "King", "email": "ada@example.com"}
    )

    first_name: Name
    surname: Name
    email: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_plausible)
    ] = Field(description="A plausible address of a public domain", json_schema_extra=_ADDRESS)
    invitation: str | None = Field(
        None, max_length=200, description="The code, where this service issues by invitation"
    )
    tasks: list[str] | None = Field(
        None, min_length=1, max_length=MAX_TASKS, description="The only tasks that it is for"
    )
    ttl_days: Annotated[int, Field(ge=1), NEVER_AS_TEXT] | None = Field(
        None, description="Fewer days than the policy gives"
    )


def refine_request(
    schema: dict[str, Any], _: date, *, tasks: Collection[str], longest_days: int
) -> None:
    """Write into the JSON schema of a request what the settings bound."""
    properties = schema["properties"]
    properties["tasks"]["anyOf"][0]["items"]["enum"] = list(tasks)
    properties["ttl_days"]["anyOf"][0]["maximum"] = longest_days


def grant_of(asked: TokenRequest, *, tasks: Collection[str], longest_days: int) -> Grant:
    """What of a request is less than every token has; `tasks` are those that are served.

    Raises:
        ValidationError: a task is not served, or the days are more than the policy's.
    """
    if asked.ttl_days is not None and asked.ttl_days > longest_days:
        raise _wrong("ttl_days", asked.ttl_days, "less_than_policy", "More days than may be")
    if asked.tasks is None:
        return Grant(ttl_days=asked.ttl_days)
    if unknown := [task for task in asked.tasks if task not in tasks]:
        raise _wrong("tasks", unknown, "unknown_task", "A task that is not served here")
    return Grant(ttl_days=asked.ttl_days, tasks=tuple(sorted(set(asked.tasks))))


def _wrong(field: str, value: object, kind: LiteralString, why: LiteralString) -> ValidationError:
    error = PydanticCustomError(kind, why)
    details = InitErrorDetails(type=error, loc=(field,), input=value)
    return ValidationError.from_exception_data("TokenRequest", [details])


class TokenAnswer(BaseModel):
    """A new token. It is shown only once: only its digest is stored."""

    model_config = with_examples(
        {
            "message": "This token is valid for 180 days. Keep it: it is not shown again.",
            "token": "eyJhbGciOiJIUzI1NiIsImtpZCI6…",
            "token_type": "bearer",
            "expires_at": "2027-05-20T09:30:00Z",
            "expires_in": 15_552_000,
        }
    )

    message: str
    token: str
    token_type: Literal["bearer"]
    expires_at: datetime
    expires_in: int = Field(description="Seconds")


class Message(BaseModel):
    """One sentence for people."""

    model_config = with_examples({"message": "The token is revoked."})

    message: str


def token_answer(issued: IssuedToken) -> JSONResponse:
    """The answer that holds the token."""
    days = issued.expires_in_s // 86_400
    answer = TokenAnswer(
        message=f"This token is valid for {days} days. Keep it: it is not shown again.",
        token=issued.token,
        token_type="bearer",  # noqa: S106 - the type, not the token
        expires_at=issued.expires_at,
        expires_in=issued.expires_in_s,
    )
    return JSONResponse(answer.model_dump(mode="json"))

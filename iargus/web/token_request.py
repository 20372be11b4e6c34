"""The body of `POST /get_token`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, LiteralString

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from iargus.tokens.claims import MAX_TASKS
from iargus.tokens.record import Grant


def _no_controls(text: str) -> str:
    if any(not character.isprintable() for character in text):
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
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_no_controls),
]


class TokenRequest(BaseModel):
    """Who asks for a token, and perhaps for less than every token has."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"first_name": "Ada", "surname": "King", "email": "ada@example.com"}]
        }
    )

    first_name: Name
    surname: Name
    email: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_plausible)
    ] = Field(description="A plausible address", json_schema_extra={"format": "email"})
    invitation: str | None = Field(
        None, max_length=200, description="The code, where this service issues by invitation"
    )
    tasks: list[str] | None = Field(
        None, min_length=1, max_length=MAX_TASKS, description="The only tasks that it is for"
    )
    ttl_days: int | None = Field(
        None, ge=1, description="Fewer days than the policy gives", strict=True
    )


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

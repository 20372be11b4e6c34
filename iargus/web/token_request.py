"""The body of `POST /get_token`."""

from __future__ import annotations

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError


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
    """Who asks for a token."""

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

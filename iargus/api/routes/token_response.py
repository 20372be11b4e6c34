"""A new token as the answer to whoever may have it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from iargus.auth.tokens.service import IssuedToken


class TokenAnswer(BaseModel):
    """A new token. It is shown this once: only its digest is kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "message": "This token is valid for 180 days. Keep it: it is not shown again.",
                    "token": "eyJhbGciOiJIUzI1NiIsImtpZCI6…",
                    "token_type": "bearer",
                    "expires_at": "2027-05-20T09:30:00Z",
                    "expires_in": 15_552_000,
                }
            ]
        }
    )

    message: str
    token: str
    token_type: Literal["bearer"]
    expires_at: datetime
    expires_in: int = Field(description="Seconds")


class Message(BaseModel):
    """One sentence for people."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"message": "The token is revoked."}]}
    )

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

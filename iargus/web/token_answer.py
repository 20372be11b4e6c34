"""A new token as the answer to whoever may have it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from iargus.tokens.service import IssuedToken


class TokenAnswer(BaseModel):
    """A new token. It is shown this once: only its digest is kept."""

    message: str
    token: str
    token_type: Literal["bearer"]
    expires_at: datetime
    expires_in: int = Field(description="Seconds")


class Message(BaseModel):
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

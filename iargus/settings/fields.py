"""What the blocks of `config.yml` have in common: unknown names are errors, and types of fields."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

A_WEEK_S = 604_800


class Section(BaseModel):
    """A block of `config.yml`. An unknown name is an error: a typing slip must not be silent."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def why_no_limit(value: float) -> str | None:
    """Why a number is no limit of an error; None for one that is.

    One whole, 100 %, is none: no share of wrong answers is above it, and the mean absolute
    percentage error of a model that says 0 to everything is exactly that.
    """
    if not math.isfinite(value) or value <= 0:
        return f"a share above 0, such as 0.2 for 20 %, and not {_plain(value)}"
    if value >= 1:
        return _in_percent(value)
    return None


def why_no_share(value: float) -> str | None:
    """The same for a part of a whole, from 0 to 1."""
    if not math.isfinite(value) or value < 0:
        return f"a share from 0 to 1, such as 0.2 for 20 %, and not {_plain(value)}"
    return _in_percent(value) if value > 1 else None


def _in_percent(value: float) -> str:
    meant = f"; {_plain(value)} % is {_plain(value / 100)}" if value < 100 else ""
    return f"a share: {_plain(value)} is {_plain(value * 100)} %{meant}"


def _plain(value: float) -> str:
    return f"{value:,.10g}"


def _limit(value: float) -> float:
    if (why := why_no_limit(value)) is not None:
        raise PydanticCustomError("limit", "{why}", {"why": why})
    return value


def _part(value: float) -> float:
    # Neither nothing nor all: with either, one of two sets of rows is empty.
    why = why_no_share(value)
    if why is None and value in (0, 1):
        why = f"a share between 0 and 1, such as 0.2 for 20 %, and not {_plain(value)}"
    if why is not None:
        raise PydanticCustomError("share", "{why}", {"why": why})
    return value


_BETWEEN_0_AND_1 = WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1})
Limit = Annotated[float, AfterValidator(_limit), _BETWEEN_0_AND_1]
"""The error above which a model is bad."""

Part = Annotated[float, AfterValidator(_part), _BETWEEN_0_AND_1]
"""A part of the rows."""

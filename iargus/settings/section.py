"""What every block of `config.yml` is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A block of `config.yml`. An unknown name is an error: a typing slip must not be silent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

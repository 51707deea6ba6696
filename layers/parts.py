"""The strict, frozen base of everything that is read from a TOML file."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Unknown keys are errors, values cannot be changed afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

"""`[answer]` of a manifest: how the rows of a layer are told of a parcel, and what is too little to tell.

Which layers stand on that page, and the belts of the law, are the portal's: `layers.answer_plan`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from layers.parts import Part

Metres = Annotated[float, Field(ge=0, le=1000)]


class LayerRules(Part):
    """What rows mean to a parcel. All columns are published ones."""

    restriction: tuple[str, ...] = Field(
        default=(),
        description="rows alike in these columns are one restriction; the naming columns when left out",
    )
    tell: tuple[str, ...] = Field(default=(), description="columns told with each restriction")
    legal_state: str | None = Field(default=None, description="column that says how far an act has come")
    accuracy: str | None = Field(default=None, description="column with the accuracy of position in metres")
    abandoned: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict, description="column and values of objects that are out of use and have no belt"
    )
    sliver_width: Metres = Field(default=0.2, description="what is narrower everywhere is left out, and told")
    least_area: float = Field(default=0.0, ge=0, description="square metres a restriction has at least, in all")
    least_length: Metres = Field(default=0.5, description="metres a restriction has at least, in all")
    reach: Metres = Field(default=0.0, description="metres round the parcel within which objects are told too")
    covers_once: bool = Field(
        default=False, description="every place lies in exactly one row, so gaps and overlaps are told"
    )
    balance: float = Field(
        default=0.005, ge=0, le=1, description="share of the parcel that gaps or overlaps may have untold"
    )

    def columns(self) -> tuple[str, ...]:
        """Every column the rules read, each once."""
        wanted = [*self.restriction, *self.tell, self.legal_state, self.accuracy, *self.abandoned]
        return tuple(dict.fromkeys(name for name in wanted if name is not None))

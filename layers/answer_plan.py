"""`[answer]` of `portal.toml`: the themes of a parcel's page, the belts of the law, and the office's words.

A theme is answered by one layer. Belts stand in a dated table, because laws change while parcels stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from gis.errors import ConfigurationError
from layers.manifest import Document, LayerId, Manifest, Role
from layers.parts import Part
from layers.style import Text

Subject = Literal["cadastre", "zoning", "acts", "protection", "hazards", "utilities", "other"]
SUBJECTS: tuple[Subject, ...] = ("cadastre", "zoning", "acts", "protection", "hazards", "utilities", "other")

REPORT_FIELDS = ("ko", "number", "layer", "features", "east", "north", "page")

_BY_ROLE: Mapping[Role, Subject] = {
    "buildings": "cadastre",
    "addresses": "cadastre",
    "zoning": "zoning",
    "protection": "protection",
    "utilities": "utilities",
}


class AnswerTheme(Part):
    """One question about a parcel, and the layer that answers it; the portal need not have that layer yet."""

    layer: LayerId
    title: Text | None = Field(default=None, description="the layer's title when left out")
    subject: Subject | None = Field(default=None, description="heading it stands under; by role when left out")


class Belt(Part):
    """How wide a belt the law puts on each side of some objects, from a day on, until another."""

    layers: tuple[LayerId, ...] = Field(min_length=1)
    where: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict, description="only objects whose column holds one of these values"
    )
    width: float = Field(gt=0, le=200, description="metres on each side")
    article: Text = Field(description="law and article")
    url: str | None = Field(default=None, pattern=r"^https?://")
    since: date | None = None
    until: date | None = Field(default=None, description="the last day it holds")

    @model_validator(mode="after")
    def _ordered(self) -> Belt:
        if self.since and self.until and self.until < self.since:
            msg = f"until ({self.until}) is before since ({self.since})"
            raise ValueError(msg)
        return self

    def holds(self, layer_id: str, values: Mapping[str, object], day: date) -> bool:
        """True when the belt is drawn round this object on this day."""
        in_force = (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
        alike = all(str(values.get(column)) in wanted for column, wanted in self.where.items())
        return layer_id in self.layers and in_force and alike


class AnswerPlan(Part):
    """What the page of a parcel is made of; without themes, every layer whose role says what it is about."""

    themes: tuple[AnswerTheme, ...] = ()
    belts: tuple[Belt, ...] = Field(default=(), description="the first that holds for an object is its belt")
    notice: Text = Text(
        sl="Ta izpis je informativen. Ni lokacijska informacija po 279. členu ZUreP-3 in je ne nadomešča.",
        en="This answer is informative. It is not the location information of Article 279 of the Spatial "
        "Management Act (ZUreP-3) and does not replace it.",
    )
    application: Document | None = Field(default=None, description="where the official document is applied for")
    fee: Text | None = Field(default=None, description="what the official document costs")
    report: str | None = Field(
        default=None,
        pattern=r"^(https?://|mailto:)",
        description="where errors in the data are told; {ko}, {number}, {layer} and so on are filled in",
    )

    @model_validator(mode="after")
    def _consistent(self) -> AnswerPlan:
        layers = [theme.layer for theme in self.themes]
        if len(set(layers)) != len(layers):
            msg = "themes: a layer answers one theme only"
            raise ValueError(msg)
        _fill_in_report(self.report)
        return self

    def themes_of(self, manifests: Sequence[Manifest]) -> tuple[AnswerTheme, ...]:
        """The themes in order, each with its subject; `manifests` are those of the portal, in its order."""
        roles = {manifest.id: manifest.role for manifest in manifests}
        themes = self.themes or [AnswerTheme(layer=name) for name, role in roles.items() if role in _BY_ROLE]
        told = [
            each.model_copy(update={"subject": each.subject or _subject(roles.get(each.layer))})
            for each in themes
        ]
        return tuple(sorted(told, key=lambda each: SUBJECTS.index(each.subject or "other")))

    def check_belts(self, manifests: Mapping[str, Manifest]) -> None:
        """Raise ConfigurationError naming the belt whose layer or column the portal does not have."""
        for place, belt in enumerate(self.belts):
            for layer_id in belt.layers:
                _check_belt(f"portal.toml: answer.belts.{place}", belt, layer_id, manifests.get(layer_id))


def _check_belt(where: str, belt: Belt, layer_id: str, manifest: Manifest | None) -> None:
    if manifest is None:
        raise ConfigurationError(
            f"{where}.layers: there is no manifest of {layer_id!r}. Take the name out, or add "
            f"layers/{layer_id}.toml."
        )
    for column in belt.where:
        if column not in manifest.columns:
            raise ConfigurationError(
                f"{where}.where: the layer {layer_id} has no column {column!r}; it has: "
                f"{', '.join(manifest.columns)}."
            )


def _subject(role: Role | None) -> Subject:
    return _BY_ROLE.get(role, "other") if role else "other"


def _fill_in_report(template: str | None) -> None:
    """Raise ValueError when the address asks for something nobody knows."""
    try:
        (template or "").format(**dict.fromkeys(REPORT_FIELDS, ""))
    except (KeyError, IndexError, ValueError) as exc:
        msg = f"report: write the places to fill in as {', '.join('{' + name + '}' for name in REPORT_FIELDS)}"
        raise ValueError(msg) from exc

"""The guide to manifests tells every key there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from layers import answer_plan, answer_rules, manifest, portal, style

if TYPE_CHECKING:
    from pydantic import BaseModel

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "manifest.md"

PARTS: list[type[BaseModel]] = [
    manifest.Manifest,
    manifest.Source,
    manifest.Geometry,
    manifest.Column,
    manifest.Search,
    manifest.Tiles,
    manifest.Coverage,
    manifest.Document,
    style.Style,
    style.Symbol,
    style.Hatch,
    style.Label,
    style.Class,
    style.ScaleRange,
    portal.Portal,
    portal.Municipality,
    portal.Theme,
    portal.BaseMap,
    portal.Notices,
    answer_rules.LayerRules,
    answer_plan.AnswerPlan,
    answer_plan.AnswerTheme,
    answer_plan.Belt,
]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_key_is_told(part: type[BaseModel]) -> None:
    """A key that the guide does not mention fails here."""
    text = re.sub(r"```.*?```", "", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)
    told = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", text))))

    assert sorted(set(part.model_fields) - told - {"folder"}) == []

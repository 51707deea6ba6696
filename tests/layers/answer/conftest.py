"""A theme held against a parcel without a database: layers, features and circumstances made by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.answer.candidates import Candidate, Near
from layers.answer.judging import Circumstances, Question, judge_theme
from layers.answer.overlap import Parcel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from layers.answer.facts import ThemeAnswer
    from layers.answer_plan import Belt
    from layers.catalogue import PublishedLayer

COLUMNS = {
    "code": {"source": ["CODE"], "title": {"sl": "Oznaka", "en": "Code"}},
    "use": {"source": ["USE"], "title": {"sl": "Raba"}},
    "height": {"source": ["V"], "type": "number", "unit": "m", "title": {"sl": "Višina", "en": "Height"}},
    "accuracy": {"source": ["NAT"], "type": "number", "unit": "m", "title": {"sl": "Natančnost"}},
    "state": {"source": ["ST"], "title": {"sl": "Stanje"}},
}


@pytest.fixture
def parcel() -> Parcel:
    """60 m by 30 m."""
    return Parcel(shapely.box(0, 0, 60, 30))


@pytest.fixture
def build_layer(make_layer: Callable[..., PublishedLayer]) -> Callable[..., PublishedLayer]:
    """A published layer of restrictions by their code; keyword arguments replace parts of its manifest."""

    def build(**parts: Any) -> PublishedLayer:
        return make_layer(
            **{
                "role": "other",
                "columns": COLUMNS,
                "key": ["code"],
                "search": None,
                "answer": {"restriction": ["code"]},
                "coverage": {"statement": {"sl": "Vsa občina.", "en": "All of it."}},
                **parts,
            }
        )

    return build


@pytest.fixture
def near() -> Callable[..., Near]:
    """Features by code and shape, WKT or shapely; `None` cannot be read."""

    def build(*features: tuple[str, Any] | tuple[str, Any, Mapping[str, Any]], more: bool = False) -> Near:
        return Near(
            tuple(
                Candidate(
                    key=f"{code}-{place}",
                    title=code,
                    values={"code": code, **(rest[0] if rest else {})},
                    shape=shapely.from_wkt(shape) if isinstance(shape, str) else shape,
                )
                for place, (code, shape, *rest) in enumerate(features)
            ),
            more,
        )

    return build


@pytest.fixture
def ask(parcel: Parcel) -> Callable[..., ThemeAnswer]:
    """Asks one theme about the parcel, or about another one."""

    def ask_theme(
        layer: PublishedLayer | None,
        found: Near | None,
        *,
        of: Parcel = parcel,
        subject: Any = "other",
        belts: Sequence[Belt] = (),
        outline: Any = None,
        surveyed: Mapping[str, Any] | None = None,
        language: str = "sl",
        day: date = date(2026, 3, 1),
        **question: Any,
    ) -> ThemeAnswer:
        manifest = layer.manifest if layer else None
        asked = Question("parcels", "Tema", subject, manifest, layer, **question)
        outline = shapely.box(-1000, -1000, 1000, 1000) if outline is None else outline
        return judge_theme(of, asked, found, Circumstances(belts, day, language, outline, surveyed or {}))

    return ask_theme

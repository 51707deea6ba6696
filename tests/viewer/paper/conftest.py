"""An answer about two parcels, one of them 100 m wide, and the document that is printed of it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.answer import facts
from layers.answer.candidates import Candidate, Near
from layers.answer.document import build_document
from layers.answer.frame import MapContent, find_frame
from tests.viewer.conftest import make_portal
from viewer.assets import read_assets
from viewer.paper.printing import PaperContent, ParcelPrinter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.catalogue import PublishedLayer

ROOT = "https://karta.example.si"


def build_parcel(number: str, shape: Any, layer: PublishedLayer) -> facts.ParcelAnswer:
    """A parcel in one zone, beside a theme nobody has data of."""
    zone = facts.Restriction(
        "JE-1 – SSč – žaga",
        ("JE-1",),
        ("1",),
        told=(facts.Told("height", "Višina", None),),
        drawn_m2=shape.area,
        area_m2=shape.area,
        percent=100.0,
    )
    return facts.ParcelAnswer(
        ko="964",
        ko_name="Šmartno ob Paki",
        number=number,
        path=f"964/{number}",
        key=f"964-{number}",
        eid="100100001379837235",
        registered_m2=None,
        drawn_m2=shape.area,
        east=507050,
        north=135025,
        lon=15.1,
        lat=46.36,
        bounds=shape.bounds,
        themes=(
            facts.ThemeAnswer("zoning", "zoning", "Namenska raba", "concerned", restrictions=(zone,)),
            facts.ThemeAnswer("gas", "utilities", "Plin", "no_data", "never_loaded"),
        ),
        neighbours=(),
        shape=shape,
        versions={layer.id: layer},
    )


@pytest.fixture
def content(published_zoning: PublishedLayer) -> PaperContent:
    """The answer, with a map of each parcel."""
    shapes = {
        "123/4": shapely.box(507000, 135000, 507100, 135050),
        "*5": shapely.box(507100, 135000, 507130, 135020),
    }
    parcels = tuple(build_parcel(number, shape, published_zoning) for number, shape in shapes.items())
    source = facts.Source(
        "zoning", "Namenska raba", 1, "0" * 16, date(2026, 5, 1), datetime(2026, 5, 2, tzinfo=UTC), "Občina",
        "Občina", "CC0-1.0", None, "raba.zip", "0" * 64, 3794, "none", None, facts.Tolerance(0.2, 0, 0.5, None),
    )  # fmt: skip
    answer = facts.Answer(
        language="sl",
        as_of=None,
        path="964/123/4,*5",
        municipality="Občina Lipovec",
        office="Urad za prostor",
        crs=3794,
        notice="Ta izpis je informativen.",
        informative="Podatki so informativni.",
        fee="22,70 EUR",
        application=facts.Link("Vloga", "https://example.si/vloga"),
        parcels=parcels,
        sources=(source,),
    )
    near = {
        "zoning": Near((Candidate("1", None, {"code": "SK"}, shapely.box(506900, 134900, 507200, 135200)),))
    }
    maps = [MapContent(each, find_frame(each.bounds, 3794), near) for each in parcels]
    return PaperContent(answer, build_document(answer, ROOT), maps, ROOT)


@pytest.fixture
def printer() -> Iterator[ParcelPrinter]:
    """A printer of the made-up portal, closed when the test ends."""
    with closing(ParcelPrinter(make_portal(), read_assets(""))) as made:
        yield made

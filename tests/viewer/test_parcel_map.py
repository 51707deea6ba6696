"""The map of a parcel: exact scale, styles of the layers, legends, and texts that cannot break out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import shapely

from layers.answer import facts
from layers.answer.candidates import Candidate, Near
from layers.answer.frame import HEIGHT_PX, WIDTH_PX, MapContent, find_frame
from viewer.parcel_map import draw_map
from viewer.svg import build_path

if TYPE_CHECKING:
    from layers.catalogue import PublishedLayer

MM_OF_A_PIXEL = 25.4 / 96


def build_parcel(shape: Any, layers: dict[str, PublishedLayer], *keys: str) -> facts.ParcelAnswer:
    """A parcel with this outline; `keys` are features of the first layer that lie on it."""
    restriction = facts.Restriction("Z", ("Z",), keys)
    theme = facts.ThemeAnswer("zoning", "zoning", "Raba", "concerned", restrictions=(restriction,))
    return facts.ParcelAnswer(
        ko="964",
        ko_name="Velenje",
        number="1",
        path="964/1",
        key="964-1",
        eid=None,
        registered_m2=None,
        drawn_m2=shape.area,
        east=0,
        north=0,
        lon=15,
        lat=46,
        bounds=shape.bounds,
        themes=(theme,) if keys else (),
        neighbours=(),
        shape=shape,
        versions=layers,
    )


def build_content(layer: PublishedLayer, shape: Any, *features: tuple[str, str, Any]) -> MapContent:
    """A map of a parcel with features by key, code and shape; those whose key begins with `on` lie on it."""
    near = Near(tuple(Candidate(key, None, {"code": code}, each) for key, code, each in features))
    on = [key for key, _, _ in features if key.startswith("on")]
    parcel = build_parcel(shape, {layer.id: layer}, *on)
    return MapContent(parcel, find_frame(parcel.bounds, 3794), {layer.id: near})


@pytest.mark.parametrize(
    ("size", "scale"), [(1, 500), (60, 500), (63, 1000), (120, 1000), (200, 2000), (3000, 25000)]
)
def test_the_scale_is_round_and_shows_where_a_parcel_lies(size: float, scale: int) -> None:
    """The largest of the usual scales in which the parcel leaves room for what is around it."""
    frame = find_frame((0, 0, size, size / 10), 3794)

    assert frame.scale == scale
    assert frame.envelope.centre == pytest.approx((size / 2, size / 20))
    assert size <= 0.7 * frame.envelope.width


def test_a_hundred_metres_measure_a_hundred_millimetres(published_zoning: PublishedLayer) -> None:
    """At 1 : 1000 a parcel 100 m wide is drawn 100.0 mm wide, give or take half a tenth of a pixel."""
    content = build_content(published_zoning, shapely.box(507000, 135000, 507100, 135050))

    drawn = draw_map(content, "sl", "p1")

    corners = re.findall(r'd="M([^"]+)Z" fill="none"', drawn.svg)[0].split("L")
    across = [float(corner.split()[0]) for corner in corners]
    assert drawn.scale == 1000
    assert abs((max(across) - min(across)) * MM_OF_A_PIXEL - 100) < 0.05


def test_the_bar_is_as_long_as_it_says(published_zoning: PublishedLayer) -> None:
    """The graphic scale stays true when somebody enlarges the page."""
    content = build_content(published_zoning, shapely.box(0, 0, 100, 50))

    drawn = draw_map(content, "sl", "p1")

    (length,) = {float(east) - 14 for east in re.findall(r"M14 460V466H([\d.]+)", drawn.svg)}
    assert length * content.frame.metres_per_pixel == pytest.approx(drawn.bar_m, abs=0.05)


def test_classes_are_drawn_in_their_symbols(published_zoning: PublishedLayer) -> None:
    """A subtype takes fill and hatching of its class, which is found by the longest beginning."""
    content = build_content(
        published_zoning,
        shapely.box(0, 0, 60, 30),
        ("on1", "SKk", shapely.box(0, 0, 30, 30)),
        ("off", "S", shapely.box(60, 0, 80, 30)),
    )

    drawn = draw_map(content, "sl", "p7")
    svg = ET.fromstring(f"<svg>{drawn.svg}</svg>")  # noqa: S314  our own

    patterns = [each.get("id") for each in svg.iter("pattern")]
    assert patterns == ["p7-zoning-1"]
    assert [each.get("fill") for each in svg.iter("path")][:4] == [
        None,
        "#f6b6a4",
        "url(#p7-zoning-1)",
        "#f6b6a4",
    ]
    assert [(line.layer, line.title) for line in drawn.on_parcel] == [("Namenska raba", "Podeželska naselja")]
    assert [line.title for line in drawn.elsewhere] == ["Stanovanja"]


def test_nothing_outside_the_frame_is_drawn(published_zoning: PublishedLayer) -> None:
    """A shape as large as the country is cut; one beside the frame or unreadable is left out."""
    content = build_content(
        published_zoning,
        shapely.box(0, 0, 60, 30),
        ("on1", "S", shapely.box(-1e6, -1e6, 1e6, 1e6)),
        ("far", "SK", shapely.box(5000, 5000, 5100, 5100)),
        ("bad", "SK", None),
    )

    drawn = draw_map(content, "sl", "p1")

    numbers = [float(each) for each in re.findall(r"(?<=[ML ])-?[\d.]+", drawn.svg.split("stroke-linejoin")[0])]
    assert max(map(abs, numbers)) < max(WIDTH_PX, HEIGHT_PX) + 100
    assert "pattern" not in drawn.svg


def test_a_label_is_text(published_zoning: PublishedLayer) -> None:
    """What stands in the data is written, never obeyed."""
    style = published_zoning.manifest.style
    label = {"column": "code", "size": 8, "max_metres_per_pixel": 5}
    manifest = published_zoning.manifest.model_copy(
        update={"style": style.model_validate({**style.model_dump(), "label": label})}
    )
    content = build_content(
        replace(published_zoning, manifest=manifest),
        shapely.box(0, 0, 60, 30),
        ("on1", "<script>", shapely.box(0, 0, 60, 30)),
    )

    drawn = draw_map(content, "sl", "p1")

    assert "<script>" not in drawn.svg
    assert "&lt;script&gt;" in drawn.svg


def test_paths_of_holes_and_parts() -> None:
    """Rings are closed, lines are not, and every part of a collection is drawn."""
    donut = shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 4, 4))
    both = shapely.GeometryCollection([donut, shapely.LineString([(0, 0), (5, 5)])])

    path = build_path(both)

    assert (path.count("M"), path.count("Z")) == (3, 2)
    assert path.endswith("M0 0L5 5")

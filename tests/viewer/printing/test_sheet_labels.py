"""Where names stand on a printed sheet: beside points, and once for a street in many pieces."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import shapely

from gis.envelope import Envelope
from tests.viewer.conftest import manifest
from viewer.printing.drawing import BAND, MapFrame, build_drawn, draw_layers
from viewer.printing.reading import LabelPlace, LayerContent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from layers.catalogue import PublishedLayer
    from layers.manifest import GeometryKind

    Named = Sequence[tuple[str, float, float]]

FRAME = MapFrame(Envelope(0, 0, 600, 300, 3794), 1.0)
RADIUS, SIZE = 5, 10


@pytest.fixture
def place(published_zoning: PublishedLayer) -> Callable[[GeometryKind, Named], list[tuple[str, float, float]]]:
    """Draws names at places and reads back where each text begins or ends, and its height, y upwards."""

    def draw(kind: GeometryKind, named: Named) -> list[tuple[str, float, float]]:
        style = {
            "default": {"line": "#000000", "line_width": 0, "radius": RADIUS},
            "label": {"column": "code", "size": SIZE, "halo": None, "inside": False},
        }
        layer = replace(published_zoning, manifest=manifest("made", "Kraji", kind, style=style))
        labels = [LabelPlace(text, x, y, None) for text, x, y in named]
        shapes = [shapely.Point(x, y) for _, x, y in named]
        content = LayerContent(shapes, [None] * len(named), labels, {})
        svg = draw_layers([build_drawn(layer, content, 1.0, layer.manifest.style.label)], FRAME)
        found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', svg)
        return [(text, float(x) - BAND, 300 - (float(y) - 0.35 * SIZE - BAND)) for x, y, text in found]

    return draw


def test_names_stand_on_a_free_side_of_their_points(
    place: Callable[[GeometryKind, Named], list[tuple[str, float, float]]],
) -> None:
    """To the right when it is free, else to the left; never on a symbol, the own or another's."""
    first, second = sorted(place("point", [("Laze", 300, 150), ("Bevče", 315, 150)]))

    assert first[0] == "Bevče"
    assert 315 + RADIUS < first[1] < 315 + RADIUS + 6
    assert 300 - RADIUS > second[1] > 300 - RADIUS - 6
    assert (first[2], second[2]) == (pytest.approx(150, abs=0.1), pytest.approx(150, abs=0.1))


def test_a_street_is_named_once_within_a_glance(
    place: Callable[[GeometryKind, Named], list[tuple[str, float, float]]],
) -> None:
    """Pieces near each other have one name, a far one and another street their own; points keep theirs."""
    pieces = [("Rue Foch", 100, 150), ("Rue Foch", 180, 150), ("Rue Foch", 500, 150), ("Rue Barre", 180, 200)]

    lines, points = place("line", pieces), place("point", pieces)

    assert sorted(text for text, _, _ in lines) == ["Rue Barre", "Rue Foch", "Rue Foch"]
    assert len(points) == 4

"""Neutral styles as MapLibre layers: order, dashes, circles, scales; and hatches that repeat without a seam."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from layers.style import Hatch
from tests.tiles.conftest import make_manifest
from tiles.styles.drawing import ZoomScale, draw_labels, draw_layer
from tiles.styles.hatching import describe_sprite, draw_hatch, draw_sprite, find_weave, image_name

if TYPE_CHECKING:
    from collections.abc import Sequence

# 256 m per pixel at zoom 0, so 1 m at zoom 8.
SCALE = ZoomScale(256.0)
TITLE = {"sl": "razred", "en": "class"}


def draw(symbols: Sequence[dict[str, Any]], *, kind: str = "polygon", **style: Any) -> list[dict[str, Any]]:
    """The layers of a style whose classes 1, 2, … have these symbols, the first being the default."""
    classes = [
        {"value": str(number), "title": TITLE, "symbol": symbol}
        for number, symbol in enumerate(symbols[1:], start=1)
    ]
    whole = {"default": symbols[0], "by": "name", "classes": classes, **style}
    return draw_layer(make_manifest("a", kind=kind, style=whole), "a", SCALE)


def test_layers_come_in_the_order_of_our_canvas() -> None:
    """Class by class the fill and then its hatch, after that all lines; what fits together shares a layer."""
    hatch = {"colour": "#111111"}
    fill, both = {"fill": "#222222", "line": "#333333"}, {"fill": "#444444", "hatch": hatch}

    drawn = draw([fill, fill, both, {"hatch": hatch}, fill])

    assert [layer["id"] for layer in drawn] == ["a/fill", "a/hatch", "a/fill~2", "a/line"]
    assert drawn[0]["filter"][2:] == [["1", "2"], True, ["3", "4"], False, True]
    assert "filter" not in draw([fill, fill])[0]


def test_dashes_are_counted_in_line_widths() -> None:
    """Pixels become widths, an odd list is doubled as a canvas does, and lines of other dashes stay apart."""
    symbols = [
        {"line": "#111111", "line_width": 2, "dash": [8, 3]},
        {"line": "#222222", "line_width": 4, "dash": [16, 6]},
        {"line": "#333333", "line_width": 2, "dash": [5]},
        {"line": "#444444", "line_width": 2},
    ]

    drawn = draw(symbols, kind="line")

    assert [layer["paint"].get("line-dasharray") for layer in drawn] == [[4.0, 1.5], [2.5, 2.5], None]
    assert [layer["layout"]["line-cap"] for layer in drawn] == ["butt", "butt", "round"]


def test_only_lines_are_offset() -> None:
    """MapLibre counts to the right as we do; borders of polygons stay where they are."""
    symbols = [{"line": "#111111", "offset": 3}]

    assert draw(symbols, kind="line")[0]["paint"]["line-offset"] == 3
    assert "line-offset" not in draw(symbols, kind="polygon")[0]["paint"]


def test_ring_of_a_point_lies_on_its_radius() -> None:
    """A canvas strokes half inside and half outside of the radius, MapLibre only outside of its own."""
    disc, ring = draw([{"fill": "#111111", "line": "#222222", "line_width": 4, "radius": 10}], kind="point")

    assert disc["paint"]["circle-radius"] == 10
    assert (ring["paint"]["circle-radius"], ring["paint"]["circle-stroke-width"]) == (8, 4)


def test_scales_become_zooms() -> None:
    """4 m per pixel is zoom 6 here, give or take the tolerance; the finer end hides the layer from there on."""
    layer = draw([{"line": "#111111"}], scale={"min": 1, "max": 4})[0]

    assert (layer["minzoom"], layer["maxzoom"]) == (pytest.approx(6, abs=0.02), pytest.approx(8, abs=0.02))
    assert layer["minzoom"] < 6
    assert layer["maxzoom"] > 8
    assert draw([{"line": "#111111"}], scale={"max": 100_000})[0]["minzoom"] == 0


def test_labels_begin_where_layer_and_label_both_do() -> None:
    """The finer of the two limits holds."""
    style = {"scale": {"max": 4}, "label": {"column": "name", "max_metres_per_pixel": 16}}
    label = draw_labels(make_manifest("a", style=style), "a", SCALE)

    assert label is not None
    assert label["minzoom"] == pytest.approx(6, abs=0.02)
    assert label["source-layer"] == "a:labels"
    assert "filter" in label
    assert draw_labels(make_manifest("a"), "a", SCALE) is None


def test_fonts_are_words_that_css_reads_without_quotes() -> None:
    """MapLibre writes local fonts unquoted into CSS: a word that begins with a digit would void the list."""
    label = draw_labels(make_manifest("a", style={"label": {"column": "name"}}), "a", SCALE)

    assert label is not None
    for font in label["layout"]["text-font"]:
        assert all(word[0].isalpha() or word[0] == "-" for word in font.split())


@pytest.mark.parametrize("angle", [0, 90, -90, 45, -45, 30, -30, 12.5, 1, -77])
@pytest.mark.parametrize(("spacing", "width"), [(8, 1), (7, 2), (5.5, 0.7), (64, 8), (0, 1)])
def test_hatch_repeats_without_a_seam(angle: float, spacing: float, width: float) -> None:
    """Where two pictures meet nothing changes faster than within one, and lines are as dense as meant."""
    hatch = Hatch(colour="#102030", angle=angle, spacing=spacing, width=width)
    picture = draw_hatch(hatch, 1)[..., 3].astype(float)
    weave = find_weave(hatch)

    inner = max(np.abs(np.diff(picture, axis=axis)).max(initial=0) for axis in (0, 1))
    seams = np.abs(picture[:, 0] - picture[:, -1]).max(), np.abs(picture[0] - picture[-1]).max()
    density = min(width / max(spacing, 1), 1)

    assert max(seams) <= inner + 1
    assert picture.shape == (weave.height, weave.width)
    assert picture.mean() / 255 == pytest.approx(density, abs=0.03)
    assert max(picture.shape) <= 1024


def test_hatch_leans_as_asked() -> None:
    """45 degrees counter-clockwise from east rises to the right; y points down."""
    rising = draw_hatch(Hatch(colour="#000000", angle=45, spacing=9), 1)[..., 3].astype(float)

    along = np.abs(rising[:-2, 2:] - rising[2:, :-2]).mean()
    across = np.abs(rising[2:, 2:] - rising[:-2, :-2]).mean()

    assert along < across / 4


def test_sprite_holds_each_hatch_where_its_index_says() -> None:
    """Every picture is found in the PNG, in both densities, in the colour of its hatch."""
    hatches = [Hatch(colour="#aa0000"), Hatch(colour="#00bb00", angle=0, spacing=5, width=2)]

    for ratio in (1, 2):
        sprite = np.asarray(Image.open(io.BytesIO(draw_sprite(hatches, ratio))))
        for hatch in hatches:
            place = describe_sprite(hatches, ratio)[image_name(hatch)]
            top, left = place["y"], place["x"]
            cut = sprite[top : top + place["height"], left : left + place["width"]]
            assert np.array_equal(cut, draw_hatch(hatch, ratio))
            assert place["pixelRatio"] == ratio
    assert Image.open(io.BytesIO(draw_sprite([], 1))).size == (1, 1)

"""What an import makes is decided from the manifest alone: columns, token, zooms to try, reasons to wait."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from layers.loading.load import index_statements
from layers.loading.plan import (
    build_fingerprint,
    build_token,
    drawn_targets,
    retoken,
    stored_columns,
)
from layers.targets import TileTarget

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.manifest import Manifest
    from layers.portal import Portal

D96 = TileTarget("SI-D96", 3794, 370_000, 200_000, 1024, max_tile_zoom=12)
MERCATOR = TileTarget("WebMercatorQuad", 3857, -20037508.34, 20037508.34, 156543.03392804097, max_tile_zoom=18)
GRIDS = (D96, MERCATOR)
SHA = "0" * 64
SEEN_TO_8_M = {"default": {"line": "#000000"}, "scale": {"max": 8.0}}


def test_stored_columns_follow_the_contract(fields_manifest: Callable[..., Manifest]) -> None:
    """Ours first, a geometry per grid CRS, a safe zoom per grid, the published ones in order, then bands."""
    columns = stored_columns(fields_manifest(style=SEEN_TO_8_M), 3794, (D96, MERCATOR))

    assert [(column.name, column.type) for column in columns] == [
        ("_fid", "bigint"),
        ("_key", "text"),
        ("_title", "text"),
        ("_search", "text"),
        ("_geom", "geometry"),
        ("_geom_3857", "geometry"),
        ("_size", "real"),
        ("_label", "geometry"),
        ("_label_width", "real"),
        ("_safe_si_d96", "smallint"),
        ("_safe_webmercatorquad", "smallint"),
        ("number", "text"),
        ("area", "double precision"),
        ("_geom_3794_8m", "geometry"),
        ("_geom_3857_8m", "geometry"),
    ]
    assert [column.name for column in columns if column.required] == [
        "_fid",
        "_key",
        "_safe_si_d96",
        "_safe_webmercatorquad",
        "number",
    ]


def test_a_portal_with_one_grid_in_its_own_crs_stores_one_geometry(
    fields_manifest: Callable[..., Manifest],
) -> None:
    """No copy is kept for a grid that needs none, and nothing coarse for scales the layer is not drawn at."""
    manifest = fields_manifest(style={**SEEN_TO_8_M, "scale": {"max": 7.9}})

    names = [column.name for column in stored_columns(manifest, 3794, (D96,))]

    assert [name for name in names if name.startswith("_geom")] == ["_geom"]


def test_indexes_serve_tiles_search_and_items(fields_manifest: Callable[..., Manifest]) -> None:
    """Keys, GiST on both geometries but not on labels, trigrams and prefixes on the search text."""
    columns = stored_columns(fields_manifest(), 3794, (D96, MERCATOR))

    statements = [each.as_string(None) for each in index_statements("v7", columns, searched=True)]

    assert statements == [
        'ALTER TABLE "data"."v7" ADD PRIMARY KEY ("_fid")',
        'ALTER TABLE "data"."v7" ADD UNIQUE ("_key")',
        'CREATE INDEX ON "data"."v7" USING gist ("_geom")',
        'CREATE INDEX ON "data"."v7" USING gist ("_geom_3857")',
        'CREATE INDEX ON "data"."v7" USING gin ("_search" gin_trgm_ops)',
        'CREATE INDEX ON "data"."v7" ("_search" text_pattern_ops)',
    ]


def test_a_layer_nobody_searches_has_no_search_indexes(fields_manifest: Callable[..., Manifest]) -> None:
    """Keys and GiST only: nothing asks for the text."""
    columns = stored_columns(fields_manifest(), 3794, (D96, MERCATOR))

    statements = [each.as_string(None) for each in index_statements("v7", columns, searched=False)]

    assert len(statements) == 4
    assert not any("_search" in statement for statement in statements)


def test_the_token_changes_with_what_is_in_tiles(fields_manifest: Callable[..., Manifest]) -> None:
    """Data, label, scale and tile columns change it; title, colours and licence do not."""
    token = build_token(SHA, fields_manifest(), GRIDS)
    label = {"default": {"fill": "#aabbcc"}, "label": {"column": "number"}}

    assert len(token) == 16
    assert int(token, 16) >= 0
    assert build_token(SHA, fields_manifest(title={"sl": "Polja"}), GRIDS) == token
    assert build_token(SHA, fields_manifest(style={"default": {"fill": "#000000"}}), GRIDS) == token
    assert build_token(SHA, fields_manifest(source={"licence": "CC0-1.0"}), GRIDS) == token
    assert build_token("1" * 64, fields_manifest(), GRIDS) != token
    assert build_token(SHA, fields_manifest(style=label), GRIDS) != token
    assert build_token(SHA, fields_manifest(tiles={"columns": ["area"]}), GRIDS) != token
    assert build_token(SHA, fields_manifest(style={"default": {}, "scale": {"max": 4}}), GRIDS) != token
    assert build_token(SHA, fields_manifest(), (D96,)) != token
    assert build_token(SHA, fields_manifest(), (replace(D96, tile_size=512), MERCATOR)) != token


def test_the_token_says_which_name_stands_over_which_values(fields_manifest: Callable[..., Manifest]) -> None:
    """Other names, another order and another type are other content, though the bytes are the same."""
    one = {"source": ["A"], "title": {"sl": "A"}}
    two = {"source": ["B"], "title": {"sl": "B"}}
    parts = {"key": [], "search": None}
    token = build_token(SHA, fields_manifest(columns={"a": one, "b": two}, **parts), GRIDS)

    for columns in (
        {"b": two, "a": one},
        {"b": one, "a": two},
        {"a": one, "c": two},
        {"a": one, "b": {**two, "type": "date"}},
    ):
        assert build_token(SHA, fields_manifest(columns=columns, **parts), GRIDS) != token
    assert (
        build_token(
            SHA, fields_manifest(columns={"a": one, "b": {**two, "title": {"sl": "D"}}}, **parts), GRIDS
        )
        == token
    )


def test_the_fingerprint_changes_with_every_word(
    lipovec: Portal, fields_manifest: Callable[..., Manifest]
) -> None:
    """It decides whether anything has to be done at all."""
    outline = lipovec.outline_envelope
    fingerprint = build_fingerprint(fields_manifest(), (D96,), outline)

    assert build_fingerprint(fields_manifest(), (D96,), outline) == fingerprint
    assert build_fingerprint(fields_manifest(title={"sl": "Polja"}), (D96,), outline) != fingerprint
    assert build_fingerprint(fields_manifest(), (MERCATOR,), outline) != fingerprint
    assert build_fingerprint(fields_manifest(), (D96,), outline.grown(1)) != fingerprint


def test_the_token_of_an_overtaken_version_is_its_own() -> None:
    """Same form, other value, and different for each version."""
    assert retoken("0123456789abcdef", 7) != retoken("0123456789abcdef", 8)
    assert len(retoken("0123456789abcdef", 7)) == 16


@pytest.mark.parametrize(
    ("scale", "d96", "mercator"), [(200_000, 0, 0), (4, 7, 14), (0.5, 10, 17), (0.0001, 12, 18)]
)
def test_zooms_are_tried_where_the_layer_is_drawn(
    lipovec: Portal, fields_manifest: Callable[..., Manifest], scale: float, d96: int, mercator: int
) -> None:
    """4 m per pixel is zoom 8 of SI-D96 and 14.7 of Web Mercator at 46° N; one zoom of margin is added."""
    manifest = fields_manifest(style={"default": {}, "scale": {"max": scale}})

    targets = drawn_targets(manifest, (D96, MERCATOR), lipovec.outline_envelope)

    assert [target.min_zoom for target in targets] == [d96, mercator]
    assert [replace(target, min_zoom=0) for target in targets] == [D96, MERCATOR]

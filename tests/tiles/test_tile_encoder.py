"""The tiles' encoder in their addresses: an upgrade that makes other tiles gives them other addresses."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

import pytest
import shapely

from tiles.addresses import parse_tile_path
from tiles.styles.service import StyleService
from tiles.themes import theme_token
from tiles.tokens import TILE_ENCODER, known_encoders, tile_token, version_tokens

HERE = (508000.0, 136000.0)
SQUARE = shapely.box(508001, 135980, 508020, 135999)
IMMUTABLE = "public, max-age=31536000, immutable"
SHORT = "public, max-age=60, must-revalidate"
RAW = "00123456789abcde"

# What the tiles of `make_sample` say, for each encoder there was.
SAID = {
    1: "dc5aed52299ded6a7487f3e61cdc07325cc259205c2e7071e066f55c6182d501",
    2: "ba6fe597c2f5b538adc89e7ad96d89db04d91104d85c765af42e674f6cf82a46",
    3: "6b47fa5c472f001ee85e56061ee5f2cabdc1eb8a07d2122f21a5130976246378",
}


@pytest.fixture(scope="module")
def workshop(shared_workshop: Any) -> Any:
    """One database for the tests of this file."""
    return shared_workshop


def test_every_encoder_gives_a_version_other_addresses() -> None:
    """16 hex digits whatever the encoder, all different, and each leads back to the version."""
    tokens = [tile_token(RAW, encoder) for encoder in range(50)]

    assert len(set(tokens)) == 50
    assert tokens[0] == RAW
    assert all(parse_tile_path(f"/tiles/a@{token}/SI-D96/0/0/0.mvt") for token in tokens)
    assert all(RAW in version_tokens(tokens[encoder]) for encoder in known_encoders())
    assert version_tokens(tokens[TILE_ENCODER])[0] == RAW


@pytest.mark.database
@pytest.mark.parametrize("set_id", ["a", "view"])
def test_everything_names_the_token_of_today(workshop: Any, set_id: str) -> None:
    """TileJSON and style name the encoder's token, and its tiles may be kept for a year."""
    workshop.publish("a", [SQUARE])
    members = workshop.service.sets.find(set_id).members
    own = {"a": tile_token(members[0].token), "view": theme_token(members)}[set_id]

    told = workshop.client.get(f"/tiles/{set_id}/SI-D96.json").json
    style = workshop.client.get(f"/tiles/{set_id}/style.json").json
    tile = workshop.client.get(address(workshop, set_id, own))

    assert own != members[0].token
    assert told["prostor"]["token"] == own
    assert f"/tiles/{set_id}@{own}/" in told["tiles"][0]
    assert f"/tiles/{set_id}@{own}/" in json.dumps(style["sources"])
    assert (tile.status_code, tile.headers["Cache-Control"]) == (200, IMMUTABLE)


@pytest.mark.database
@pytest.mark.parametrize("set_id", ["a", "view"])
@pytest.mark.parametrize("is_replaced", [False, True])
def test_addresses_from_before_an_upgrade_still_answer(workshop: Any, set_id: str, is_replaced: bool) -> None:
    """A page that was open meanwhile gets the same version as this program makes it, for a minute at a time."""
    workshop.publish("a", [SQUARE])
    members = workshop.service.sets.find(set_id).members
    old = {"a": tile_token(members[0].token, 0), "view": theme_token(members, 0)}[set_id]
    now = workshop.client.get(address(workshop, set_id, workshop.service.sets.find(set_id).token))
    if is_replaced:
        workshop.publish("a", [SQUARE.buffer(50)])

    answers = [workshop.client.get(address(workshop, set_id, old)) for _ in range(2)]

    for answer in answers:
        assert (answer.status_code, answer.data) == (200, now.data)
        assert answer.headers["ETag"] == now.headers["ETag"]
        assert answer.headers["Cache-Control"] == SHORT
    assert workshop.service.store.memory.find(address(workshop, set_id, old)) is None


@pytest.mark.database
def test_a_style_pinned_before_an_upgrade_draws_the_tiles_of_today(workshop: Any) -> None:
    """It is no longer kept for a year, because what it says has changed."""
    workshop.publish("a", [SQUARE])
    before = _find_pin(workshop, encoder=0)
    now = _find_pin(workshop, encoder=TILE_ENCODER)

    old = workshop.client.get(f"/tiles/a@{before}/style.json")
    current = workshop.client.get(f"/tiles/a@{now}/style.json")

    assert before != now
    assert old.json == current.json
    assert (old.headers["Cache-Control"], current.headers["Cache-Control"]) == (SHORT, IMMUTABLE)


@pytest.mark.database
def test_addresses_of_a_withdrawn_layer_stay_gone(make_workshop: Any) -> None:
    """Whichever encoder they are of; one of another layer was never there."""
    workshop = make_workshop()
    workshop.publish("a", [SQUARE])
    raw = workshop.catalogue.find("a").token
    workshop.withdraw("a")

    answers = [
        workshop.client.get(address(workshop, "a", tile_token(raw, encoder))).status_code
        for encoder in known_encoders()
    ]

    assert set(answers) == {410}
    assert workshop.client.get(address(workshop, "a", RAW)).status_code == 404


@pytest.mark.database
def test_what_tiles_say_belongs_to_the_encoder(make_workshop: Any) -> None:
    """Raise TILE_ENCODER in tiles/tokens.py when this fails, and write down what tiles say now."""
    workshop = make_workshop()
    make_sample(workshop)

    said = [
        workshop.tile_at("view", grid, zoom, HERE)
        for grid, zooms in (("SI-D96", (5, 9, 12)), ("WebMercatorQuad", (11, 15, 18)))
        for zoom in zooms
    ]

    assert all(said)
    assert hashlib.sha256(json.dumps(said).encode()).hexdigest() == SAID[TILE_ENCODER]


def make_sample(workshop: Any) -> None:
    """Polygons, lines and points around a corner of a tile: large, small, with holes, offsets and labels."""
    x, y = HERE
    blob = shapely.Polygon(
        [(x + r * math.cos(t), y + r * math.sin(t)) for t in _turns(90) for r in [60 + 25 * math.sin(7 * t)]]
    )
    squares = [shapely.box(x + d, y - d, x + d + s, y - d + s) for d, s in ((5, 30), (40, 3), (90, 0.6))]
    forest = shapely.Point(x, y).buffer(4000, quad_segs=40).difference(blob.buffer(5))
    road = shapely.LineString([(x - 300 + 20 * n, y + 40 * math.sin(n)) for n in range(40)])
    dead_end = shapely.LineString([(x, y), (x + 30, y + 1), (x + 2, y + 2)])
    label = {"label": {"column": "name"}}
    workshop.publish("a", [forest, blob, *squares], style=label, width=12.5, tiles={"columns": ["code"]})
    workshop.publish("b", [road, dead_end], kind="line", style=label)
    workshop.publish("c", [shapely.Point(x + d, y + d) for d in (-2, 0, 3)], kind="point")


def address(workshop: Any, set_id: str, token: str) -> str:
    """The path of the tile here."""
    x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)
    return f"/tiles/{set_id}@{token}/SI-D96/12/{x}/{y}.mvt"


def _turns(count: int) -> list[float]:
    return [2 * math.pi * n / count for n in range(count)]


def _find_pin(workshop: Any, *, encoder: int) -> str:
    styles = StyleService(workshop.portal, workshop.service)
    return styles.pin(workshop.service.sets.find("a").members, encoder)

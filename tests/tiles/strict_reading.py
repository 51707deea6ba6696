"""Vector tiles read as strictly as MVT 2.1 can be read: every rule it states for a layer is asserted.

Only the protobuf layer is taken from a library; keys, values and geometry commands are read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Points = list[tuple[int, int]]

MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7
KINDS = {1: "point", 2: "line", 3: "polygon"}


@dataclass(frozen=True)
class StrictFeature:
    """A feature in tile units, y pointing down; `properties` in the order of the tile."""

    id: int
    kind: str
    properties: Mapping[str, Any]
    geometry: shapely.Geometry


def read_strictly(body: bytes) -> dict[str, list[StrictFeature]]:
    """The features of each layer, in order. Raises AssertionError where a rule is broken."""
    tile = vector_tile_pb2.tile()
    tile.ParseFromString(body)
    names = [layer.name for layer in tile.layers]
    assert len(set(names)) == len(names), "a tile must not hold two layers of one name"
    return {layer.name: _read_layer(layer) for layer in tile.layers}


def _read_layer(layer: Any) -> list[StrictFeature]:
    assert (layer.version, layer.extent) == (2, 4096)
    keys, values = list(layer.keys), [_read_value(value) for value in layer.values]
    assert len(set(keys)) == len(keys), "no key may be there twice"
    assert len(set(values)) == len(values), "no value may be there twice"
    ids = [feature.id for feature in layer.features]
    assert len(set(ids)) == len(ids), "ids must be unique in a layer"
    assert layer.features, "a layer must hold a feature"
    return [_read_feature(feature, keys, values) for feature in layer.features]


def _read_value(value: Any) -> tuple[str, Any]:
    ((field, content),) = value.ListFields()
    return (field.name, content)


def _read_feature(feature: Any, keys: Sequence[str], values: Sequence[tuple[str, Any]]) -> StrictFeature:
    tags = list(feature.tags)
    assert len(tags) % 2 == 0
    named = [keys[at] for at in tags[::2]]
    assert len(set(named)) == len(named), "no feature may hold a key twice"
    properties = {key: values[at][1] for key, at in zip(named, tags[1::2], strict=True)}
    kind = KINDS[feature.type]
    read = {"point": _read_points, "line": _read_lines, "polygon": _read_polygons}[kind]
    return StrictFeature(feature.id, kind, properties, read(_read_commands(list(feature.geometry))))


def _read_commands(integers: list[int]) -> list[tuple[int, Points]]:
    """Commands with the points they lead to, absolute (MVT 2.1, 4.3.1)."""
    found: list[tuple[int, Points]] = []
    at, x, y = 0, 0, 0
    while at < len(integers):
        command, count = integers[at] & 7, integers[at] >> 3
        at += 1
        assert command in (MOVE_TO, LINE_TO, CLOSE_PATH)
        assert count >= 1
        points: Points = []
        for _ in range(0 if command == CLOSE_PATH else count):
            dx, dy = _unzigzag(integers[at]), _unzigzag(integers[at + 1])
            assert command == MOVE_TO or (dx, dy) != (0, 0), "LineTo must not stand still (4.3.3.2)"
            x, y, at = x + dx, y + dy, at + 2
            points.append((x, y))
        assert command != CLOSE_PATH or count == 1
        found.append((command, points))
    return found


def _unzigzag(integer: int) -> int:
    return (integer >> 1) ^ -(integer & 1)


def _read_points(commands: list[tuple[int, Points]]) -> shapely.Geometry:
    ((command, points),) = commands
    assert command == MOVE_TO
    return shapely.MultiPoint(points) if len(points) > 1 else shapely.Point(points[0])


def _read_lines(commands: list[tuple[int, Points]]) -> shapely.Geometry:
    lines = []
    for (move, start), (line, points) in zip(commands[::2], commands[1::2], strict=True):
        assert (move, line, len(start)) == (MOVE_TO, LINE_TO, 1)
        lines.append(shapely.LineString([*start, *points]))
    return shapely.MultiLineString(lines) if len(lines) > 1 else lines[0]


def _read_polygons(commands: list[tuple[int, Points]]) -> shapely.Geometry:
    """Polygons; an outer ring has positive area, the rings after it are its holes and have negative area."""
    polygons: list[tuple[Points, list[Points]]] = []
    for (move, start), (line, points), (close, _) in zip(
        commands[::3], commands[1::3], commands[2::3], strict=True
    ):
        assert (move, line, close, len(start)) == (MOVE_TO, LINE_TO, CLOSE_PATH, 1)
        ring = [*start, *points]
        assert len(ring) >= 3
        assert ring[0] != ring[-1], "a ring is closed by ClosePath, and only once"
        area = signed_area(ring)
        assert area != 0, "a ring must not be flat (4.3.3.3)"
        if area > 0:
            polygons.append((ring, []))
        else:
            assert polygons, "a hole must follow its outer ring"
            polygons[-1][1].append(ring)
    built = [shapely.Polygon(shell, holes) for shell, holes in polygons]
    for polygon in built:
        assert polygon.is_valid, f"{shapely.is_valid_reason(polygon)}: {polygon.wkt[:2000]}"
    whole = shapely.MultiPolygon(built) if len(built) > 1 else built[0]
    assert whole.is_valid, f"{shapely.is_valid_reason(whole)}: {whole.wkt[:2000]}"
    return whole


def signed_area(ring: Points) -> float:
    """The surveyor's formula on tile coordinates, y pointing down."""
    x, y = np.array(ring, dtype=float).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)

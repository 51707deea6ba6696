"""Buildings on the pieces of land, square to their street, and the small parcels some of them stand on.

A piece that gets a building parcel is cut in two here, before the borders of all pieces are noded.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

from data_samples.generator import plan, shapes
from data_samples.generator.cutting import axes, polygons, turned
from data_samples.generator.model import Building, Piece
from data_samples.generator.shapes import Frame, Outline

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.network import Network

_RANK = {"main": 1, "collector": 1, "local": 1, "residential": 0, "lane": 0, "track": 5, "rail": 9}
_PUBLIC: dict[str, tuple[Outline, str, float]] = {
    "church": (shapes.church(), "cerkev", 12),
    "school": (shapes.school(), "šola", 18),
    "kindergarten": (shapes.horseshoe(44, 26, 10), "vrtec", 14),
    "health": (shapes.horseshoe(36, 22, 11), "zdravstveni dom", 8),
    "fire": (shapes.rectangle(24, 18), "gasilski dom", 9),
    "station": (shapes.rectangle(42, 11), "železniška postaja", 6),
    "shop": (shapes.rectangle(52, 34), "trgovina", 16),
    "sports": (shapes.rectangle(22, 9), "športni objekt", 6),
    "wastewater": (shapes.rectangle(24, 12), "infrastrukturni objekt", 10),
    "substation": (shapes.rectangle(18, 10), "infrastrukturni objekt", 14),
    "heatplant": (shapes.rectangle(34, 20), "infrastrukturni objekt", 10),
    "cemetery": (shapes.rectangle(9, 14), "mrliška vežica", 8),
}


@dataclass(frozen=True)
class Built:
    """The buildings, and the pieces after building parcels were cut out."""

    buildings: list[Building]
    pieces: list[Piece]


class Builder:
    """Places buildings on pieces one after another."""

    def __init__(self, network: Network, rng: np.random.Generator) -> None:
        self._network = network
        self._rng = rng
        self._tree = shapely.STRtree(network.bands)
        self._buildings: list[Building] = []
        self._pieces: list[Piece] = []
        self._done: set[str] = set()

    def build(self, pieces: list[Piece]) -> Built:
        """Buildings for all pieces; pieces keep their order, a building parcel follows its lot."""
        makers = {
            "house": self._house,
            "village": self._farmstead,
            "farm": self._farmstead,
            "core": self._town_house,
            "block": self._flats,
            "industry": self._works,
            "garden": self._shed,
            "estate-green": self._garages,
        }
        for piece in pieces:
            makers.get(piece.use, self._public)(piece)
        return Built(self._buildings, self._pieces)

    def _frame(self, lot: Polygon) -> Frame | None:
        """The frame on the lot's best street, None when it touches none."""
        best: tuple[float, float, int, LineString] | None = None
        for index in sorted(int(i) for i in self._tree.query(lot.buffer(0.2), predicate="intersects")):
            rank = _RANK[self._network.roads[index].kind]
            side = shapely.line_merge(
                shapely.intersection(lot.exterior, self._network.bands[index].buffer(0.2))
            )
            for part in shapely.get_parts(side):
                if part.geom_type == "LineString" and part.length > 3:
                    option = (rank, -part.length, index, part)
                    best = option if best is None or option[:3] < best[:3] else best
        if best is None or best[0] > 8:
            return None
        return shapes.chord_frame(_straightest(best[3]), lot.representative_point(), best[2])

    def _house(self, piece: Piece) -> None:
        frame = self._frame(piece.shape)
        setback = 4.6 + (piece.block * 37 % 11) / 4 + float(self._rng.normal(0, 0.25))
        outline = shapes.house(self._rng)
        home = None if frame is None else self._fit(piece.shape, frame, outline, setback, 2.0)
        if frame is None or home is None:
            self._pieces.append(piece)
            return
        old = piece.block * 61 % 100 < 45
        year = int(self._rng.integers(1930, 1968) if old else self._rng.integers(1962, 2024))
        self._add(
            home, "stanovanjska stavba", frame, main=True, floors=int(self._rng.choice([1, 2, 2, 3])), year=year
        )
        self._keep(piece, home if old and self._rng.random() < 0.8 else None)
        if self._rng.random() < 0.3:
            self._beside(piece.shape, frame, home, "pomožna stavba", year)

    def _farmstead(self, piece: Piece) -> None:
        frame = self._frame(piece.shape) or self._own_frame(piece.shape)
        modern = piece.use == "village" and self._rng.random() < 0.5
        outline = shapes.house(self._rng) if modern else shapes.farmhouse(self._rng)
        home = self._fit(piece.shape, frame, outline, float(self._rng.uniform(3.5, 9)), 1.8)
        if home is None:
            self._pieces.append(piece)
            return
        year = int(self._rng.integers(1965, 2022) if modern else self._rng.integers(1880, 1960))
        self._add(
            home, "stanovanjska stavba", frame, main=True, floors=int(self._rng.choice([1, 1, 2])), year=year
        )
        self._keep(piece, None if modern else home)
        back = self._fit_behind(piece.shape, frame, shapes.barn(self._rng), home)
        if back is not None and (piece.use == "farm" or self._rng.random() < (0.15 if modern else 0.7)):
            self._add(back, "kmetijsko poslopje", frame, main=False, floors=1, year=year + 5)
        if self._rng.random() < 0.3:
            self._beside(piece.shape, frame, home, "pomožna stavba", year)

    def _town_house(self, piece: Piece) -> None:
        """A house of the old town, wall to wall with its neighbours at the market, else beside the street."""
        frame = self._frame(piece.shape)
        if frame is None or self._rng.random() < 0.04:
            self._pieces.append(piece)
            return
        street = self._network.roads[frame.road].name
        in_row = street in ("Glavni trg", "Trška ulica") or piece.shape.distance(plan.SQUARE) < 45
        home = self._row_house(piece, frame) if in_row else self._old_house(piece, frame)
        if home is None:
            self._pieces.append(piece)
            return
        year, floors = int(self._rng.integers(1690, 1935)), int(self._rng.choice([2, 2, 3]))
        self._add(home, "stanovanjska stavba", frame, main=True, floors=floors, year=year)
        behind = self._fit_behind(piece.shape, frame, shapes.garage(self._rng), home)
        if behind is not None and self._rng.random() < 0.75:
            self._add(behind, "pomožna stavba", frame, main=False, floors=1, year=year + 40)

    def _row_house(self, piece: Piece, frame: Frame) -> Polygon | None:
        """The front of the lot as a building parcel, filled by the house; the rest stays yard."""
        deep = float(self._rng.uniform(9.5, 13.5))
        strip = frame.place(shapes.rectangle(400, deep + 3), 0, -3)
        ground = _largest(shapely.intersection(piece.shape, strip))
        home = _largest(ground.buffer(-0.22, join_style="mitre").simplify(0.15))
        if not 45 < home.area < 420:
            return None
        self._pieces.append(replace(piece, shape=ground, use="core-plot"))
        rest = polygons(shapely.difference(piece.shape, ground), least=6)
        self._pieces += [replace(piece, shape=part) for part in rest]
        return home

    def _old_house(self, piece: Piece, frame: Frame) -> Polygon | None:
        """A house of its own, close to the street, on a building parcel."""
        box = shapes.rectangle(*self._rng.uniform(9, 14, 2))
        outline = shapes.house(self._rng) if self._rng.random() < 0.5 else box
        home = self._fit(piece.shape, frame, outline, float(self._rng.uniform(0.5, 2.5)), 0.4)
        if home is not None:
            self._keep(piece, home)
        return home

    def _flats(self, piece: Piece) -> None:
        axis, long, deep = axes(piece.shape)
        inward = turned(axis)
        frame = Frame(shapely.get_coordinates(piece.shape.centroid)[0] - inward * deep / 2, axis, inward, -1)
        home = frame.place(shapes.flats(self._rng, long - 0.8, deep - 2.1), 0, 1.7)
        year = int(self._rng.integers(1964, 1986))
        self._add(
            home,
            "večstanovanjska stavba",
            frame,
            main=True,
            floors=int(self._rng.choice([4, 4, 5, 6])),
            year=year,
        )
        self._pieces.append(piece)

    def _works(self, piece: Piece) -> None:
        self._pieces.append(piece)
        frame = self._frame(piece.shape)
        axis, long, wide = axes(piece.shape)
        if frame is None or piece.shape.area < 1500:
            return
        room_u, room_v = (long, wide) if abs(float(axis @ frame.along)) > 0.7 else (wide, long)
        for scale in (0.72, 0.6, 0.48, 0.36):
            outline = shapes.hall(self._rng, room_u * scale, room_v * scale)
            hall = self._fit(piece.shape, frame, outline, room_v * (1 - scale) / 2.2, 4.0, sizes=(1.0,))
            if hall is not None:
                year = int(self._rng.integers(1958, 2020))
                self._add(hall, "proizvodna stavba", frame, main=True, floors=1, year=year)
                for _ in range(int(self._rng.integers(0, 3))):
                    self._beside(piece.shape, frame, hall, "skladišče", 1990)
                return

    def _shed(self, piece: Piece) -> None:
        self._pieces.append(piece)
        frame = self._own_frame(piece.shape)
        shed = self._fit(piece.shape, frame, shapes.rectangle(3.6, 4.4), float(self._rng.uniform(5, 14)), 1.5)
        if shed is not None and self._rng.random() < 0.25:
            self._add(shed, "pomožna stavba", frame, main=False, floors=1, year=1985)

    def _garages(self, piece: Piece) -> None:
        """Rows of garages at the edge of the estate."""
        self._pieces.append(piece)
        standing = [each.shape for each in self._buildings if each.kind == "večstanovanjska stavba"]
        inner = piece.shape.buffer(-2)
        edge = Polygon(piece.shape.exterior).buffer(-6).exterior
        axis, _, _ = axes(piece.shape)
        placed: list[Polygon] = []
        for along in np.arange(0, edge.length, 12.0):
            frame = Frame(np.array(edge.interpolate(along).coords[0]), axis, turned(axis), -1)
            row = frame.place(shapes.rectangle(27, 5.6), 0, -2.8)
            if (
                len(placed) < 4
                and inner.contains(row)
                and all(row.distance(s) > 7 for s in [*standing, *placed])
            ):
                placed.append(row)
                self._add(row, "garaža", frame, main=False, floors=1, year=1978)

    def _public(self, piece: Piece) -> None:
        self._pieces.append(piece)
        if piece.use not in _PUBLIC or piece.use in self._done or piece.shape.area < 900:
            return
        outline, kind, setback = _PUBLIC[piece.use]
        frame = self._frame(piece.shape) or self._own_frame(piece.shape)
        home = self._fit(piece.shape, frame, outline, setback, 2.0)
        if home is not None:
            self._done.add(piece.use)
            self._add(home, kind, frame, main=True, floors=2, year=int(self._rng.integers(1890, 2005)))

    @staticmethod
    def _own_frame(lot: Polygon) -> Frame:
        axis, _, wide = axes(lot)
        inward = turned(axis)
        return Frame(shapely.get_coordinates(lot.centroid)[0] - inward * wide / 2, axis, inward, -1)

    def _fit(
        self,
        lot: Polygon,
        frame: Frame,
        outline: Outline,
        setback: float,
        gap: float,
        *,
        sizes: tuple[float, ...] = (1.0, 0.88, 0.76),
    ) -> Polygon | None:
        """The outline near its setback line, moved or made smaller until it stands inside the lot."""
        inner = lot.buffer(-gap)
        lean = float(self._rng.uniform(-1.5, 1.5))
        for size in sizes:
            smaller = [(u * size, v * size) for u, v in outline]
            for u in (lean, 0.0, 3.0, -3.0, 6.0, -6.0):
                for v in (setback, setback + 2.5, setback + 6, max(gap + 0.3, setback - 2.5)):
                    shape = frame.place(smaller, u, v)
                    if inner.contains(shape):
                        return shape
        return None

    @staticmethod
    def _fit_behind(lot: Polygon, frame: Frame, outline: Outline, home: Polygon) -> Polygon | None:
        inner = lot.buffer(-1.2)
        for v in (16.0, 20, 25, 31, 38):
            for u in (0.0, 4, -4, 8, -8):
                shape = frame.place(outline, u, v)
                if inner.contains(shape) and shape.distance(home) > 3:
                    return shape
        return None

    def _beside(self, lot: Polygon, frame: Frame, home: Polygon, kind: str, year: int) -> None:
        outline = shapes.garage(self._rng)
        if kind == "skladišče":
            outline = shapes.rectangle(float(self._rng.uniform(10, 24)), float(self._rng.uniform(8, 16)))
        inner = lot.buffer(-0.9)
        side = float(self._rng.choice([-1, 1]))
        standing = [home, *(each.shape for each in self._buildings[-6:])]
        for v in (float(self._rng.uniform(6, 9)), 15.0, 19, 22, 26, 30):
            for u in (side * 9.5, -side * 9.5, side * 7, -side * 7, side * 4, side * 14, side * 22, 0.0):
                shape = frame.place(outline, u, v)
                if inner.contains(shape) and all(shape.distance(each) > 1.6 for each in standing):
                    self._add(
                        shape, kind, frame, main=False, floors=1, year=year + int(self._rng.integers(0, 20))
                    )
                    return

    def _add(self, shape: Polygon, kind: str, frame: Frame, *, main: bool, floors: int, year: int) -> None:
        shape = shapely.set_precision(shape, 0.01)
        spot = shape.representative_point()
        inside = shapely.intersection(LineString([spot, Point(frame.origin)]), shape)
        door = inside.interpolate(max(0.0, inside.length - 1.0)) if inside.geom_type == "LineString" else spot
        if not shape.contains(door):
            door = spot
        self._buildings.append(Building(shape, kind, -1, main, door, floors, min(year, 2024), frame.road))

    def _keep(self, piece: Piece, home: Polygon | None) -> None:
        """The piece as it is, or cut into a building parcel around `home` and the rest."""
        plot = Polygon() if home is None else _largest(home.buffer(0.3, join_style="mitre"))
        if plot.is_empty or not piece.shape.buffer(-0.05).contains(plot):
            self._pieces.append(piece)
            return
        self._pieces.append(replace(piece, shape=_largest(shapely.difference(piece.shape, plot))))
        self._pieces.append(replace(piece, shape=plot, use=f"{piece.use}-plot"))


def _largest(shape: BaseGeometry) -> Polygon:
    return max(polygons(shape), key=lambda p: p.area, default=Polygon())


def _straightest(line: LineString) -> LineString:
    """The longest straight run of a street side, so that houses stand square to it."""
    coordinates = list(shapely.get_coordinates(line.simplify(0.6)))
    runs = [LineString(pair) for pair in itertools.pairwise(coordinates)]
    return max(runs, key=lambda run: run.length)

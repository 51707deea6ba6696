"""Where a picture is of: the place a request names by number or address is looked up, and its frame is laid.

What decides is, in this order: `at`, `bbox`, `marker`, what is selected, an address or a point, drawings, and
else what the viewer shows first. The same order as in the embedded map (embed.js).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from gis import crs
from gis.envelope import Envelope
from gis.errors import NotFoundError, RequestError
from layers.features import reading_version
from layers.searching.search import parse_question
from layers.table import GEOMETRY, KEY, data_table
from tiles.rendering.frames import Frame, screen_frame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from layers.portal import Portal
    from layers.searching.search import Search
    from viewer.pictures.request import PictureRequest, Size

Place = tuple[float, float]

# Metres of ground in a pixel: around a point, and the nearest that anything is fitted.
NEAR_LOOK = 0.5
_CLOSEST_LOOK = 0.2
# What is fitted takes so much of the picture; a box that was asked for takes it whole.
_ROOM_SHARE = 0.6
_ROOM_SHARE_OF_START = 0.98


@dataclass(frozen=True)
class Whereabouts:
    """What was looked up: the box of the selected features that were found, and the place of the address."""

    selected: Envelope | None = None
    address: Place | None = None


class Places:
    """Looks up what a request names."""

    def __init__(self, portal: Portal, database: Database, search: Search) -> None:
        self._portal = portal
        self._database = database
        self._search = search

    def find(
        self,
        asked: PictureRequest,
        keys: Mapping[str, Sequence[str]],
        published: Sequence[PublishedLayer],
    ) -> Whereabouts:
        """Where the named things are; `keys` are those of selected features, by layer.

        Raises NotFoundError for an address or `parcel` that is not there, RequestError for an address that
        cannot be searched for.
        """
        by_id = {each.id: each for each in published}
        boxes = [
            box
            for name, wanted in keys.items()
            if name in by_id and (box := self._find_box(by_id[name], wanted)) is not None
        ]
        if asked.parcel is not None and not boxes:
            raise NotFoundError(f"There is no parcel {asked.parcel} in the published data.")
        address = self._find_address(asked, published) if asked.address else None
        return Whereabouts(_unite(boxes), address)

    def _find_box(self, layer: PublishedLayer, keys: Sequence[str]) -> Envelope | None:
        """The box around the features with these keys, None when there are none."""
        columns = data_table(layer).c
        around = sa.func.ST_Extent(columns[GEOMETRY])
        sides = [getattr(sa.func, f"ST_{name}")(around) for name in ("XMin", "YMin", "XMax", "YMax")]
        with reading_version(self._database, "api") as connection:
            row = connection.execute(sa.select(*sides).where(columns[KEY].in_(keys))).one()
        west, south, east, north = row
        return None if west is None else Envelope(west, south, east, north, layer.srid)

    def _find_address(self, asked: PictureRequest, published: Sequence[PublishedLayer]) -> Place:
        try:
            question = parse_question(asked.address or "", limit=1, language=asked.view.language)
        except RequestError as exc:
            raise RequestError("address", exc.reason) from exc
        groups = self._search.find(question, published)["groups"]
        point = groups[0]["results"][0]["point"] if groups else None
        if point is None:
            raise NotFoundError("Nothing is found at this address; write it as the search box finds it.")
        east, north = crs.transform(crs.WGS84, self._portal.crs, point["lon"], point["lat"])
        return float(east), float(north)


def lay_frame(asked: PictureRequest, found: Whereabouts, portal: Portal) -> Frame:
    """The piece of the country that the picture shows."""
    centre, units = _choose(asked, found, portal)
    if asked.metres_per_pixel is not None:
        units = asked.metres_per_pixel / crs.ground_scale(portal.crs, *centre)
    size = asked.size
    return screen_frame(centre, (size.width, size.height), units, portal.crs, ratio=size.ratio)


def _choose(asked: PictureRequest, found: Whereabouts, portal: Portal) -> tuple[Place, float]:
    """The middle, and units of the CRS in a CSS pixel unless the request says otherwise."""
    start = portal.start_envelope
    if asked.view.centre is not None:
        return asked.view.centre, _fit(start, asked.size, _ROOM_SHARE_OF_START)
    if asked.box is not None:
        return asked.box.centre, _fit(asked.box, asked.size, 1)
    near = asked.marker or (None if found.selected else found.address or asked.point)
    if near is not None:
        return near, NEAR_LOOK / crs.ground_scale(portal.crs, *near)
    around = found.selected or _box_of_sketches(asked, portal)
    if around is not None:
        return around.centre, max(_fit(around, asked.size, _ROOM_SHARE), _CLOSEST_LOOK)
    return start.centre, _fit(start, asked.size, _ROOM_SHARE_OF_START)


def _fit(box: Envelope, size: Size, share: float) -> float:
    """Units in a CSS pixel so that the box takes this share of the picture at most."""
    return max(box.width / size.width, box.height / size.height) / share or _CLOSEST_LOOK


def _box_of_sketches(asked: PictureRequest, portal: Portal) -> Envelope | None:
    points = [Envelope(x, y, x, y, portal.crs) for each in asked.sketches for x, y in each.points]
    return _unite(points)


def _unite(boxes: Sequence[Envelope]) -> Envelope | None:
    united: Envelope | None = None
    for each in boxes:
        united = each if united is None else united.united(each)
    return united

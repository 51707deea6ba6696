"""Making the answer about parcels: versions chosen once, one statement for what lies near, then pure judgement.

    answer = Answers(portal, catalogue, database).answer("964", ["123/4"], as_of=None, language="sl")

An answer holds nothing that another one shares and changes; any number of threads may make them side by side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import shapely

from gis.envelope import Envelope
from gis.errors import GoneError, NotFoundError
from layers import parcel_statements as statements
from layers.answer.belts import reach
from layers.answer.candidates import Near, Wanted, read_candidates
from layers.answer.choosing import VersionChooser
from layers.answer.facts import Answer, Link, ParcelAnswer, Source
from layers.answer.frame import MapContent, find_frame
from layers.answer.judging import Circumstances, describe_tolerance, judge_theme
from layers.answer.neighbours import find_neighbours
from layers.answer.overlap import Parcel
from layers.answer.restrictions import columns_to_read
from layers.features import reading_version
from layers.parcel_columns import find_parcel_columns
from layers.parcels import build_found, write_path
from layers.positions import find_position

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from gis.database import Database
    from layers.answer.choosing import Chosen
    from layers.catalogue import Catalogue, PublishedLayer
    from layers.parcels import FoundParcel
    from layers.portal import Portal

# So much is looked at round a parcel in any case: neighbours, and how narrow a restriction is beside it.
_AROUND_M = 30.0


@dataclass(frozen=True)
class DrawnParcel:
    """A parcel that was asked for, with its outline."""

    found: FoundParcel
    shape: BaseGeometry


class Answers:
    """Makes answers for one portal."""

    def __init__(self, portal: Portal, catalogue: Catalogue, database: Database) -> None:
        """Raises ConfigurationError when a manifest is wrong, or a belt names what the portal does not have."""
        portal.answer.check_belts({each.id: each for each in portal.read_manifests()})
        self._portal = portal
        self._database = database
        self._catalogue = catalogue
        self._chooser = VersionChooser(portal, catalogue)

    def answer(self, ko: str, numbers: Sequence[str], *, as_of: date | None, language: str) -> Answer:
        """The answer about parcels of one cadastral municipality, in natural order.

        Raises NotFoundError naming the parcels there are not, UnavailableError when the database is away.
        """
        try:
            return self._answer(ko, numbers, as_of, language)
        except GoneError:
            # A version was dropped between choosing and reading it; what holds now is chosen anew, once.
            self._catalogue.forget()
            return self._answer(ko, numbers, as_of, language)

    def read_map(self, parcel: ParcelAnswer) -> MapContent:
        """What a map of a parcel shows, of the versions that its answer was made of."""
        frame = find_frame(parcel.bounds, self._portal.crs)
        wanted = [Wanted(layer, columns_to_read(layer.manifest, {}), 0.0) for layer in parcel.versions.values()]
        return MapContent(parcel, frame, read_candidates(self._database, wanted, frame.envelope))

    def _answer(self, ko: str, numbers: Sequence[str], as_of: date | None, language: str) -> Answer:
        chosen = self._chooser.choose(as_of, language)
        parcels = self._read_parcels(chosen.parcels, ko, numbers)
        plan, day = self._portal.answer, as_of or date.today()  # noqa: DTZ011  laws hold by the local day
        application = plan.application
        return Answer(
            language=language,
            as_of=as_of,
            path=write_path(ko, [each.found.number for each in parcels]),
            municipality=self._portal.municipality.name.in_language(language),
            office=self._portal.municipality.office.in_language(language),
            crs=self._portal.crs,
            notice=plan.notice.in_language(language),
            informative=self._portal.notices.informative.in_language(language),
            fee=plan.fee.in_language(language) if plan.fee else None,
            application=Link(application.title.in_language(language), application.url) if application else None,
            parcels=tuple(self._answer_one(each, chosen, day, language) for each in parcels),
            sources=tuple(describe_source(each, language) for each in _versions(chosen).values()),
        )

    def _read_parcels(self, layer: PublishedLayer, ko: str, numbers: Sequence[str]) -> tuple[DrawnParcel, ...]:
        """The parcels with their outlines, in natural order, each once."""
        columns = find_parcel_columns(layer.manifest)
        keys = [f"{ko}-{number}" for number in numbers if "\x00" not in ko + number]
        if columns is None or not keys:
            raise NotFoundError("There is no such parcel.")
        with reading_version(self._database, "api") as connection:
            rows = (
                connection.execute(statements.select_by_keys(layer, columns, keys, with_shape=True))
                .mappings()
                .all()
            )
        found = [DrawnParcel(build_found(row), _read_shape(row[statements.SHAPE])) for row in rows]
        here = [each for each in found if each.found.ko == ko and each.shape.area > 0]
        missing = [number for number in numbers if number not in {each.found.number for each in here}]
        if missing:
            raise NotFoundError(
                f"There is no parcel {', '.join(missing)[:200]} in the cadastral municipality {ko[:20]} here."
            )
        return tuple(here)

    def _answer_one(self, drawn: DrawnParcel, chosen: Chosen, day: date, language: str) -> ParcelAnswer:
        columns = find_parcel_columns(chosen.parcels.manifest)
        near = self._read_near(drawn, chosen)
        parcel = Parcel(drawn.shape, drawn.found.registered_m2)
        surveyed = {layer.id: _unite(near.get(layer.id)) for layer in chosen.surveyed}
        around = Circumstances(self._portal.answer.belts, day, language, self._outline, surveyed)
        themes = tuple(judge_theme(parcel, each, near.get(each.layer_id), around) for each in chosen.questions)
        others = near[chosen.parcels.id].features
        return replace(
            _describe_parcel(drawn, self._portal.crs),
            themes=themes,
            neighbours=find_neighbours(drawn.shape, drawn.found.key, others, columns) if columns else (),
            versions=_versions(chosen),
        )

    def _read_near(self, drawn: DrawnParcel, chosen: Chosen) -> Mapping[str, Near]:
        box = Envelope(*drawn.shape.bounds, self._portal.crs)
        belts = self._portal.answer.belts
        wanted = []
        for layer in _versions(chosen).values():
            columns = find_parcel_columns(layer.manifest)
            more = dict.fromkeys(name for belt in belts if layer.id in belt.layers for name in belt.where)
            more |= dict.fromkeys((columns.ko, columns.number) if columns else ())
            margin = max(_AROUND_M, layer.manifest.answer.reach, reach(belts, layer.id))
            wanted.append(Wanted(layer, columns_to_read(layer.manifest, more), margin))
        return read_candidates(self._database, wanted, box)

    @cached_property
    def _outline(self) -> BaseGeometry:
        wkt = self._portal.boundary_wkt
        return shapely.from_wkt(wkt) if wkt else shapely.box(*self._portal.outline_envelope.bounds)


def describe_source(layer: PublishedLayer, language: str) -> Source:
    """Where a version comes from."""
    manifest, source = layer.manifest, layer.manifest.source
    return Source(
        layer=layer.id,
        title=manifest.title.in_language(language),
        version=layer.number,
        token=layer.token,
        state_date=layer.state_date,
        loaded_at=layer.loaded_at,
        provider=source.provider.in_language(language),
        attribution=source.attribution.in_language(language),
        licence=source.licence,
        licence_url=source.licence_url,
        file=layer.source_name,
        sha256=layer.source_sha256,
        crs=source.crs,
        operation=layer.operation,
        operation_accuracy_m=layer.operation_accuracy_m,
        tolerance=describe_tolerance(manifest),
    )


def _versions(chosen: Chosen) -> dict[str, PublishedLayer]:
    """Every version of the answer once: parcels, then the themes in their order, then surveyed areas."""
    themes = (each.version for each in chosen.questions if each.version is not None)
    return {layer.id: layer for layer in (chosen.parcels, *themes, *chosen.surveyed)}


def _read_shape(wkb: bytes | None) -> BaseGeometry:
    """The outline of a parcel, mended should it not be valid; nothing drawn is an empty one."""
    if wkb is None:
        return shapely.Polygon()
    shape = shapely.force_2d(shapely.from_wkb(wkb))
    return shape if shape.is_valid else shapely.make_valid(shape, method="structure", keep_collapsed=False)


def _unite(near: Near | None) -> BaseGeometry | None:
    shapes = [each.shape for each in near.features if each.shape is not None] if near else []
    return shapely.union_all([shapely.make_valid(shape) for shape in shapes]) if shapes else None


def _describe_parcel(drawn: DrawnParcel, srid: int) -> ParcelAnswer:
    found, inside = drawn.found, drawn.shape.representative_point()
    point = find_position(inside.x, inside.y, srid, srid)
    west, south, east, north = (round(each, 2) for each in drawn.shape.bounds)
    return ParcelAnswer(
        ko=found.ko,
        ko_name=found.ko_name,
        number=found.number,
        path=found.path,
        key=found.key,
        eid=found.eid,
        registered_m2=found.registered_m2,
        drawn_m2=round(float(drawn.shape.area), 2),
        east=round(point.east, 2),
        north=round(point.north, 2),
        lon=round(point.lon, 7),
        lat=round(point.lat, 7),
        bounds=(west, south, east, north),
        themes=(),
        neighbours=(),
        shape=drawn.shape,
        versions={},
    )

"""From what was asked to a finished picture: kept ones as they are, others read, drawn and kept.

Pictures are bounded twice: by what is read for one, and by how many stand in line for the process that draws
(`tiles.rendering`); whoever comes too many is told so at once. Nothing of it touches what tiles are made with.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import shapely

from gis import crs
from layers.known_layers import KnownLayers
from layers.searching.search import Search
from tiles.flights import Flights
from tiles.picture_store import State
from tiles.rendering.drawing import Drawing, DrawnLabel, DrawnLayer
from tiles.styles.choices import place_finder
from viewer.permalink import Selected
from viewer.phrases import Phrases
from viewer.pictures import furniture
from viewer.pictures.canvas import Canvas
from viewer.pictures.furniture import Caption
from viewer.pictures.places import Places, lay_frame
from viewer.pictures.png import add_texts, read_texts_of
from viewer.printing.choosing import choose_layers, find_selected, tell_missing
from viewer.printing.notes import Notes
from viewer.printing.reading import ReadFrame, ReadingLimits, read_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from gis.database import Database
    from layers.catalogue import Catalogue, PublishedLayer
    from layers.manifest import Manifest
    from layers.portal import Portal
    from tiles.picture_store import PictureStore
    from tiles.rendering.frames import Frame
    from tiles.rendering.service import MapPainter
    from viewer.pictures.places import Place, Whereabouts
    from viewer.pictures.request import PictureRequest
    from viewer.printing.reading import LayerContent, SheetContent, Wanted

# Sixteen pictures of layers with a million corners must not keep the database from tiles.
_LIMITS = ReadingLimits(
    rows=20_000, corners=200_000, bytes=24 * 2**20, seconds=3.0, all_corners=300_000, all_seconds=6.0
)
# Shapes go on that far beyond the picture; what is smaller than the detail, nobody sees.
_BEYOND_PX, _DETAIL_PX = 40, 0.1
_SOURCES, _MISSING = "Copyright", "Missing"


@dataclass(frozen=True)
class Picture:
    """A finished PNG, the layers that are missing on it, and its name, which no other content ever has."""

    content: bytes
    missing: tuple[str, ...]
    name: str


class _PictureNotes(Notes):
    """A picture says what is missing that should be there, not what its scale leaves out."""

    def out_of_scale(self, manifest: Manifest, metres_per_pixel: float) -> None:
        """Not told: nobody can come nearer on a picture."""


class Pictures:
    """Makes pictures for one portal. `look_for_withdrawals` is called before anything kept is given away."""

    def __init__(
        self,
        portal: Portal,
        catalogue: Catalogue,
        database: Database,
        painter: MapPainter,
        store: PictureStore,
        look_for_withdrawals: Callable[[], None],
        *,
        limits: ReadingLimits = _LIMITS,
    ) -> None:
        self._portal = portal
        self._catalogue = catalogue
        self._known = KnownLayers(portal, catalogue)
        self._database = database
        self._painter = painter
        self._store = store
        self._look = look_for_withdrawals
        self._limits = limits
        self._places = Places(portal, database, Search(database, portal))
        self._flights: Flights[bytes] = Flights()
        self._about_portal = hashlib.sha256(portal.model_dump_json().encode()).digest()

    def known_layers(self) -> Collection[str]:
        """Ids of the portal's layers, loaded or not."""
        return [each.manifest.id for each in self._known.asked()]

    def make(self, asked: PictureRequest, given: Iterable[tuple[str, str]]) -> Picture:
        """The picture of a request; `given` are its parameters, which name it among those that are kept.

        Raises RequestError and NotFoundError for a place that is not there, UnavailableError when the database
        is away, too many pictures are wanted, or this one could not be drawn.
        """
        self._look()
        state = self._find_state()
        name = self._name(given)
        content = self._store.find(state, name)
        if content is None:
            content, _ = self._flights.make_once(
                f"{state.name}/{name}", lambda: self._make_new(asked, state, name)
            )
        missing = read_texts_of(content).get(_MISSING, "")
        return Picture(content, tuple(missing.split()), f"{state.name}-{name}")

    def _find_state(self) -> State:
        tokens = sorted(f"{each.id}@{each.token}" for each in self._catalogue.published())
        return State(hashlib.sha256("\n".join(tokens).encode()).hexdigest()[:16], self._catalogue.lives())

    def _name(self, given: Iterable[tuple[str, str]]) -> str:
        digest = hashlib.sha256(self._about_portal)
        for each in sorted(given):
            digest.update(repr(each).encode())
        return digest.hexdigest()[:32]

    def _make_new(self, asked: PictureRequest, state: State, name: str) -> bytes:
        notes = _PictureNotes(Phrases(asked.view.language), "picture.")
        sources: list[str] = []
        drawn = self._painter.paint_when_free(lambda: self._write(asked, notes, sources))
        content = add_texts(drawn, {_SOURCES: "; ".join(sources), _MISSING: " ".join(notes.missing)})
        if not notes.missing:
            self._store.keep(state, name, content)
        return content

    def _write(self, asked: PictureRequest, notes: Notes, sources: list[str]) -> Drawing:
        """What is drawn; `notes` and `sources` get what is missing and whom to credit."""
        if asked.parcel is not None:
            own = Selected(None, asked.parcel)
            asked = replace(asked, view=replace(asked.view, selected=(*asked.view.selected, own)))
        known = {each.manifest.id: each for each in self._known.asked()}
        published = [each.published for each in known.values() if each.published is not None]
        found = self._places.find(asked, find_selected(asked.view, known), published)
        frame = lay_frame(asked, found, self._portal)
        on_ground = frame.metres_per_pixel * crs.ground_scale(self._portal.crs, *frame.envelope.centre)
        wanted = choose_layers(asked.view, known, self._portal.crs, on_ground, notes)
        content = self._read(wanted, frame)
        tell_missing(wanted, content, notes)
        shown = [each for each in wanted if each.layer.id in content.layers]
        sources += _list_sources(shown, content, asked.view.language)
        caption = Caption(self._title(asked), notes.written, sources)
        canvas = _furnish(asked, found, frame, caption, _list_selected(shown, content))
        layers = [_draw(each, content.layers[each.layer.id], asked.view.opacities) for each in shown]
        ground = furniture.GROUND
        return Drawing(frame, layers, "png", ground, tuple(canvas.overlay), tuple(canvas.letterings))

    def _read(self, wanted: Sequence[Wanted], frame: Frame) -> SheetContent:
        size = frame.metres_per_pixel
        read = ReadFrame(frame.envelope, _BEYOND_PX * size, _DETAIL_PX * size / frame.units_per_pixel)
        return read_sheet(self._database, wanted, read, self._limits)

    def _title(self, asked: PictureRequest) -> str:
        language = asked.view.language
        theme, municipality = asked.view.theme.title, self._portal.municipality.name
        return f"{theme.in_language(language)} – {municipality.in_language(language)}"


def _draw(wanted: Wanted, content: LayerContent, opacities: Mapping[str, float]) -> DrawnLayer:
    layer, label = wanted.layer, wanted.label
    style = layer.manifest.style
    find_place = place_finder(style)
    labels = [
        DrawnLabel(each.text, each.x, each.y, each.room if label and label.inside else None)
        for each in content.labels
        if each is not None
    ]
    return DrawnLayer(
        id=layer.id,
        kind=layer.manifest.geometry.kind,
        style=style,
        shapes=shapely.to_wkb(list(content.shapes)).tolist() if content.shapes else [],
        places=[find_place(value) for value in content.values],
        labels=labels if label else (),
        opacity=opacities.get(layer.id, 1.0),
    )


def _list_selected(
    shown: Sequence[Wanted], content: SheetContent
) -> list[tuple[PublishedLayer, list[shapely.Geometry]]]:
    found = [(each.layer, list(content.layers[each.layer.id].selected.values())) for each in shown]
    return [(layer, shapes) for layer, shapes in found if shapes]


def _list_sources(shown: Sequence[Wanted], content: SheetContent, language: str) -> list[str]:
    """Whom to credit, each once, from the top of the drawing downwards."""
    seen = [
        each.layer.manifest.source.attribution.in_language(language)
        for each in reversed(shown)
        if content.layers[each.layer.id].shapes or content.layers[each.layer.id].selected
    ]
    return list(dict.fromkeys(seen))


def _furnish(
    asked: PictureRequest,
    found: Whereabouts,
    frame: Frame,
    caption: Caption,
    selected: Sequence[tuple[PublishedLayer, list[shapely.Geometry]]],
) -> Canvas:
    """What lies over the map."""
    canvas = Canvas(frame)
    many = sum(len(shapes) for _, shapes in selected) > 1
    for layer, shapes in selected:
        furniture.outline(canvas, layer.manifest.geometry.kind, shapes, is_one_of_many=many)
    furniture.draw_sketches(canvas, asked.sketches)
    place = asked.marker or found.address or asked.point
    if place is not None:
        furniture.mark(canvas, place)
    if asked.text:
        furniture.write_beside(canvas, place or _middle(found, frame), asked.text)
    foot = furniture.draw_caption(canvas, caption)
    scale = frame.metres_per_pixel * crs.ground_scale(frame.envelope.srid, *frame.envelope.centre)
    furniture.draw_scale_bar(canvas, scale, foot, Phrases(asked.view.language))
    return canvas


def _middle(found: Whereabouts, frame: Frame) -> Place:
    return found.selected.centre if found.selected else frame.envelope.centre

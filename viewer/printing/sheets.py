"""From what was asked to the order of a sheet: what is read and drawn, what the key tells, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from layers.known_layers import KnownLayers
from viewer.layer_facts import name_crs
from viewer.paper.order import CODE, SCHEME, PaperFile, PaperOrder
from viewer.paper.printing import draw_swatch_files, read_paper_files, swatch_name
from viewer.phrases import Phrases
from viewer.printing.choosing import choose_layers, tell_missing
from viewer.printing.drawing import GROUND, DrawnLayer, MapFrame, build_drawn, draw_layers
from viewer.printing.grid import draw_bar, draw_grid, draw_north, find_bar, find_step, write_svg
from viewer.printing.key import build_key, build_sources, key_of_sketches, plan_key
from viewer.printing.layout import BAND_MM, PIXELS_PER_MM, find_layout
from viewer.printing.notes import Notes
from viewer.printing.reading import ReadFrame, ReadingLimits, read_sheet
from viewer.printing.request import OWN_PARAMETERS
from viewer.printing.sketching import draw_sketches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gis.database import Database
    from layers.catalogue import Catalogue
    from layers.portal import Portal
    from viewer.assets import Assets
    from viewer.paper.printing import ParcelPrinter
    from viewer.printing.layout import Layout
    from viewer.printing.request import SheetRequest

_STYLES = {"paper.css": "css/map-sheet.css", "pages.css": "css/map-sheet-pages.css"}
# Shapes go on that far beyond the frame, so that no border is seen where it cuts them.
_BEYOND_PX = 40
# A tenth of a pixel is a fortieth of a millimetre: nobody sees what is left out.
_DETAIL_PX = 0.1
# Longer addresses make codes that no telephone reads.
_MAX_CODE = 700


@dataclass(frozen=True)
class Drawn:
    """A request with all that its sheet shows."""

    asked: SheetRequest
    layout: Layout
    frame: MapFrame
    layers: Sequence[DrawnLayer]
    notes: Sequence[str]


class MapSheets:
    """Prints views. Shares its processes with the parcels' documents, and so their queue and limits."""

    def __init__(
        self,
        portal: Portal,
        catalogue: Catalogue,
        database: Database,
        printer: ParcelPrinter,
        assets: Assets,
        *,
        limits: ReadingLimits | None = None,
    ) -> None:
        self._portal = portal
        self._known = KnownLayers(portal, catalogue)
        self._database = database
        self._printer = printer
        self._assets = assets
        self._limits = limits or ReadingLimits()

    def known_layers(self) -> frozenset[str]:
        """The ids of the portal's layers, published or not."""
        return frozenset(each.manifest.id for each in self._known.asked())

    def print(self, asked: SheetRequest, given: Iterable[tuple[str, str]], root: str) -> bytes:
        """The PDF. `given` are the parameters of the link, `root` is what addresses begin with.

        Raises UnavailableError when the database is away, too many documents are wanted, or this one failed.
        """
        return self._printer.carry_out_when_free(lambda: self.build_order(asked, given, root))

    def build_order(self, asked: SheetRequest, given: Iterable[tuple[str, str]], root: str) -> PaperOrder:
        """The sheet as HTML with its files: style, fonts, the map, symbols, the code to the live view."""
        phrases = Phrases(asked.view.language)
        drawn = self._draw(asked, phrases)
        key = build_key(drawn.layers, drawn.frame.envelope, phrases)
        key = (*key_of_sketches(asked.sketches, phrases), *key)
        plan = plan_key(key, drawn.notes, drawn.layout)
        address = _live_address(asked, given, root) if root else None
        bar_m = find_bar(asked.scale)
        bar, bar_width, bar_height = draw_bar(asked.scale, bar_m, phrases)
        sources = build_sources(drawn.layers, drawn.frame.envelope, phrases)
        html = self._template.render(
            texts=phrases.texts,
            language=phrases.language,
            portal=self._portal,
            title=asked.title or asked.view.theme.title.in_language(phrases.language),
            theme=asked.view.theme.title.in_language(phrases.language),
            layout=drawn.layout,
            scale=phrases.number(asked.scale),
            grid=phrases.length(find_step(asked.scale)),
            crs=name_crs(self._portal.crs),
            map_alternative=self._describe(drawn, phrases),
            bar_alternative=phrases.say("printed.bar_alternative", length=phrases.length(bar_m)),
            bar_size=(bar_width, bar_height),
            key=plan,
            notes=drawn.notes,
            sources=sources,
            attributions=tuple(dict.fromkeys(each.attribution for each in sources)),
            made=phrases.moment(datetime.now(UTC)),
            address=address,
            has_code=address is not None and len(address) <= _MAX_CODE,
            scheme=SCHEME,
            code_name=CODE,
            swatch_name=swatch_name,
        )
        files = {
            **self._fixed_files,
            "map.svg": _svg(self._draw_map(drawn)),
            "bar.svg": _svg(bar),
            "north.svg": _svg(draw_north()),
            "layout.css": PaperFile(_write_layout(drawn.layout).encode(), "text/css"),
            **draw_swatch_files({row.swatch for group in key for row in group.rows}),
        }
        code = address if address is not None and len(address) <= _MAX_CODE else None
        return PaperOrder(html, files, code=code)

    def _draw(self, asked: SheetRequest, phrases: Phrases) -> Drawn:
        """What is read, and what is said about all that is not."""
        layout = find_layout(asked.paper, asked.orientation)
        envelope = layout.ground(asked.centre, asked.scale, self._portal.crs)
        frame = MapFrame(envelope, asked.scale / 1000 / PIXELS_PER_MM)
        known = {each.manifest.id: each for each in self._known.asked()}
        notes = Notes(phrases)
        size = frame.metres_per_pixel
        wanted = choose_layers(asked.view, known, self._portal.crs, size, notes)
        content = read_sheet(
            self._database, wanted, ReadFrame(envelope, _BEYOND_PX * size, _DETAIL_PX * size), self._limits
        )
        tell_missing(wanted, content, notes)
        if asked.view.base is not None:
            bases = {each.id: each.title for each in self._portal.base_maps}
            notes.base(bases[asked.view.base])
        layers = [
            build_drawn(
                each.layer,
                content.layers[each.layer.id],
                asked.view.opacities.get(each.layer.id, 1),
                each.label,
            )
            for each in wanted
            if each.layer.id in content.layers
        ]
        return Drawn(asked, layout, frame, layers, notes.written)

    def _draw_map(self, drawn: Drawn) -> str:
        width, height = drawn.frame.size
        band = BAND_MM * PIXELS_PER_MM
        inside = f'x="{band:.3f}" y="{band:.3f}" width="{width:.3f}" height="{height:.3f}"'
        content = (
            f'<defs><clipPath id="map-frame"><rect {inside}/></clipPath></defs>'
            f'<g clip-path="url(#map-frame)"><rect {inside} fill="{GROUND}"/>'
            f"{draw_layers(drawn.layers, drawn.frame)}{draw_sketches(drawn.asked.sketches, drawn.frame)}</g>"
            f"{draw_grid(drawn.frame, find_step(drawn.asked.scale))}"
        )
        return write_svg(content, drawn.layout.figure.width, drawn.layout.figure.height)

    def _describe(self, drawn: Drawn, phrases: Phrases) -> str:
        """What the map shows, for those who do not see it."""
        east, north = drawn.asked.centre
        shown = [
            each.layer.manifest.title.in_language(phrases.language)
            for each in drawn.layers
            if each.content.shapes
        ]
        return phrases.say(
            "printed.map_alternative",
            scale=phrases.number(drawn.asked.scale),
            east=phrases.number(east),
            north=phrases.number(north),
            layers=", ".join(reversed(shown)) or phrases.say("printed.nothing"),
        )

    @cached_property
    def _fixed_files(self) -> dict[str, PaperFile]:
        return read_paper_files(self._assets, _STYLES)

    @cached_property
    def _template(self) -> Any:
        loader = PackageLoader("viewer", "templates")
        made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        return made.get_template("map_sheet.html")


def _svg(drawing: str) -> PaperFile:
    return PaperFile(drawing.encode(), "image/svg+xml")


def _live_address(asked: SheetRequest, given: Iterable[tuple[str, str]], root: str) -> str:
    """The link to the same view in the viewer."""
    x, y = asked.centre
    kept = [(name, value) for name, value in given if name not in (*OWN_PARAMETERS, "at", "mpp")]
    kept += [("at", f"{x:.1f},{y:.1f}"), ("mpp", f"{asked.scale * 0.0254 / 96:.3g}")]
    return f"{root}/?{urlencode(kept, safe='/:,;~')}"


def _write_layout(layout: Layout) -> str:
    """The boxes of the sheet as a style sheet, in millimetres; the page's margins begin at its edge."""
    width, height = layout.page
    bare = " ".join(f"@bottom-{side} {{ content: none }}" for side in ("left", "right"))
    rules = [f"@page sheet {{ size: {width:g}mm {height:g}mm; margin: 0; {bare} }}"]
    rules.append(f"@page {{ size: {width:g}mm {height:g}mm }}")
    rules.append(f".sheet {{ width: {width:g}mm; height: {height:g}mm }}")
    boxes = {"head": layout.head, "map": layout.figure, "key": layout.key, "plate": layout.plate}
    rules += [
        f".{name} {{ left: {box.left:g}mm; top: {box.top:g}mm; "
        f"width: {box.width:g}mm; height: {box.height:g}mm }}"
        for name, box in boxes.items()
    ]
    rules.append(f".key-columns {{ columns: {layout.columns} }}")
    return "\n".join(rules)

"""Drawing with mapnik: vector PDF and SVG through cairo, PNG through AGG. Runs in a process of its own only."""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mapnik
import shapely

from tiles.rendering.hatching import draw_hatches
from tiles.rendering.mapfile import TEXT, write_mapfile
from tiles.rendering.steps import Step, fits, list_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tiles.rendering.drawing import Drawing, DrawnLabel, DrawnLayer
    from tiles.rendering.frames import Frame


def paint(drawing: Drawing) -> bytes:
    """The picture in its format."""
    frame = drawing.frame
    steps = [step for layer in drawing.layers for step in list_steps(layer)]
    labelled = [layer for layer in drawing.layers if layer.labels and layer.style.label]
    made = mapnik.Map(frame.width, frame.height)
    mapnik.load_map_from_string(made, write_mapfile(steps, labelled, frame.envelope.srid, drawing.background))
    sources = [_shapes_of(step, frame) for step in steps] + [_labels_of(layer, frame) for layer in labelled]
    for place, source in enumerate(sources):
        made.layers[place].datasource = source
    made.zoom_to_box(mapnik.Box2d(*frame.envelope.bounds))
    return _render(made, drawing)


def _render(made: Any, drawing: Drawing) -> bytes:
    scale = drawing.frame.units_per_pixel
    if drawing.format == "png":
        image = mapnik.Image(made.width, made.height)
        mapnik.render(made, image, scale)
        return bytes(image.to_string("png"))
    with tempfile.TemporaryDirectory(prefix="prostor-map-") as folder:
        path = Path(folder) / f"map.{drawing.format}"
        mapnik.render_to_file(made, str(path), drawing.format, scale)
        return path.read_bytes()


def _shapes_of(step: Step, frame: Frame) -> Any:
    shapes = step.shapes
    if step.kind == "hatch" and step.symbol.hatch:
        shapes = draw_hatches(step.symbol.hatch, shapes, frame)
    return _source(shapes, None)


def _labels_of(layer: DrawnLayer, frame: Frame) -> Any:
    """The labels that have room, widest room first: of two that would touch, the first one is drawn."""
    label = layer.style.label
    shown = [
        each
        for each in sorted(layer.labels, key=_by_room)
        if label and fits(each.text, each.room if label.inside else None, label.size, frame.metres_per_pixel)
    ]
    points = shapely.to_wkb(shapely.points([[each.x, each.y] for each in shown])) if shown else ()
    return _source(points, [each.text for each in shown])


def _by_room(label: DrawnLabel) -> tuple[float, str]:
    return (-(label.room or 0), label.text)


def _source(shapes: Iterable[bytes], texts: Sequence[str] | None) -> Any:
    source = mapnik.MemoryDatasource()
    context = mapnik.Context()
    context.push(TEXT)
    numbers = count(1)
    for shape, text in zip(shapes, texts or _none(), strict=False):
        feature = mapnik.Feature(context, next(numbers))
        feature.geometry = mapnik.Geometry.from_wkb(shape)
        if text is not None:
            feature[TEXT] = text
        source.add_feature(feature)
    return source


def _none() -> Iterable[None]:
    while True:
        yield None

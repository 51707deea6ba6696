"""Drawing with mapnik: vector PDF and SVG through cairo, PNG through AGG. Runs in a process of its own only."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import count, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mapnik
import shapely

from tiles.rendering.hatching import draw_hatches
from tiles.rendering.mapfile import (
    TEXT,
    symbolize_label,
    symbolize_lettering,
    symbolize_step,
    write_mapfile,
)
from tiles.rendering.steps import Step, fits, list_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from xml.etree import ElementTree as ET

    from tiles.rendering.drawing import Drawing, DrawnLabel, DrawnLayer, Lettering
    from tiles.rendering.frames import Frame


@dataclass(frozen=True)
class _Coat:
    """One kind of paint, and what is painted with it."""

    symbolizer: ET.Element
    source: Any


def paint(drawing: Drawing) -> bytes:
    """The picture in its format. Raises ValueError for layers that are partly see-through on paper."""
    if drawing.format == "png":
        return _paint_pixels(drawing)
    if any(layer.opacity < 1 for layer in drawing.layers):
        msg = "only pictures of pixels know layers that are partly see-through"
        raise ValueError(msg)
    return _write_vectors(drawing)


def _paint_pixels(drawing: Drawing) -> bytes:
    """Layers that are whole are painted together, each of the others apart, and laid on what is there."""
    frame = drawing.frame
    image = mapnik.Image(frame.width, frame.height)
    made = _make_map([], frame, drawing.background)
    mapnik.render(made, image, frame.units_per_pixel)
    for opacity, coats in _list_passes(drawing):
        sheet = mapnik.Image(frame.width, frame.height)
        mapnik.render(_make_map(coats, frame, None), sheet, frame.units_per_pixel)
        image.composite(sheet, mapnik.CompositeOp.src_over, opacity)
    return bytes(image.to_string("png"))


def _list_passes(drawing: Drawing) -> Iterator[tuple[float, list[_Coat]]]:
    """Opacity and paint, from the bottom upwards; labels and what lies above them come last."""
    apart = count(1)
    for key, group in groupby(drawing.layers, lambda layer: 0 if layer.opacity >= 1 else next(apart)):
        layers = list(group)
        yield layers[0].opacity if key else 1.0, list(_coats_of_layers(layers, drawing.frame))
    yield 1.0, list(_coats_above(drawing))


def _write_vectors(drawing: Drawing) -> bytes:
    frame = drawing.frame
    coats = [*_coats_of_layers(drawing.layers, frame), *_coats_above(drawing)]
    made = _make_map(coats, frame, drawing.background)
    with tempfile.TemporaryDirectory(prefix="prostor-map-") as folder:
        path = Path(folder) / f"map.{drawing.format}"
        mapnik.render_to_file(made, str(path), drawing.format, frame.units_per_pixel)
        return path.read_bytes()


def _make_map(coats: Sequence[_Coat], frame: Frame, background: str | None) -> Any:
    made = mapnik.Map(frame.width, frame.height)
    text = write_mapfile([each.symbolizer for each in coats], frame.envelope.srid, background)
    mapnik.load_map_from_string(made, text)
    for place, each in enumerate(coats):
        made.layers[place].datasource = each.source
    made.zoom_to_box(mapnik.Box2d(*frame.envelope.bounds))
    return made


def _coats_of_layers(layers: Iterable[DrawnLayer], frame: Frame) -> Iterator[_Coat]:
    for layer in layers:
        for step in list_steps(layer):
            yield _Coat(symbolize_step(step), _shapes_of(step, frame))


def _coats_above(drawing: Drawing) -> Iterator[_Coat]:
    """Labels of all layers, what is laid over the map, and the texts on that."""
    for layer in drawing.layers:
        if layer.labels and layer.style.label:
            yield _Coat(symbolize_label(layer.style.label, layer), _labels_of(layer, drawing.frame))
    yield from _coats_of_layers(drawing.overlay, drawing.frame)
    for lettering in drawing.letterings:
        yield _Coat(symbolize_lettering(lettering), _source_of_lettering(lettering))


def _source_of_lettering(lettering: Lettering) -> Any:
    return _source([shapely.to_wkb(shapely.Point(lettering.x, lettering.y))], [lettering.text])


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

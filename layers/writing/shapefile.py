"""The shapefile, as one ZIP: for programs that read nothing newer. What it cannot hold is told.

Names have ten letters, texts 254 bytes, whole numbers 18 digits; there is no NULL of a text. GDAL would cut
names and values without a word, so they are fitted here.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

from layers.writing.vector import VectorFile, as_multipoints, fields_for, with_heights, write_vector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from layers.catalogue import PublishedLayer
    from layers.writing.about import About
    from layers.writing.rows import FeatureBatch, Shapes

_NAME_LENGTH = 10
_TEXT_BYTES = 254
_MOST_INTEGER = 10**17
_MOST_NUMBER = 1e15
_TYPES = {"point": "Point", "line": "LineString", "polygon": "Polygon"}


class _Fitting:
    """Values made to fit, and how many had to be changed, by column."""

    def __init__(self) -> None:
        self.cut: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()

    def __call__(self, name: str, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(name, value)
        most = _MOST_NUMBER if isinstance(value, float) else _MOST_INTEGER
        if isinstance(value, int | float) and abs(value) >= most:
            self.left_out[name] += 1
            return None
        return value

    def _text(self, name: str, text: str) -> str:
        encoded = text.encode()
        if len(encoded) <= _TEXT_BYTES:
            return text
        self.cut[name] += 1
        return encoded[:_TEXT_BYTES].decode(errors="ignore")


def write_shapefile(
    path: Path,
    layer: PublishedLayer,
    batches: Iterable[FeatureBatch],
    *,
    shapes: Shapes,
    about: About,
    srid: int,
) -> tuple[int, tuple[str, ...]]:
    """Write a ZIP with the shapefile and a text about it; how many features, and what did not fit."""
    columns = layer.manifest.columns
    names = short_names(tuple(columns))
    types = {names[name]: column.type for name, column in columns.items()}
    rules = layer.manifest.geometry
    heights = "3D " if shapes.has_heights else ""
    several = rules.kind == "point" and shapes.has_parts
    file = VectorFile(
        driver="ESRI Shapefile",
        path=path.with_name(f"{layer.id}.shp"),
        srid=srid,
        geometry=heights + ("MultiPoint" if several else _TYPES[rules.kind]),
        fields=fields_for(types, text=f"str:{_TEXT_BYTES}", integer="int:18", number="float:24.15"),
        options={"encoding": "UTF-8", "2GB_LIMIT": "YES"},
    )
    fitting = _Fitting()
    steps = [with_heights(rules.unknown_z)] if shapes.has_heights else []
    count = write_vector(
        file, batches, shape=_one_after_another([*steps, *([as_multipoints] if several else [])]), fit=fitting
    )
    remarks = _remarks(names, fitting, unknown_z=rules.unknown_z, mixed=bool(steps and shapes.without_heights))
    _pack(path, file.path, about.as_text(remarks=remarks))
    return count, remarks


def short_names(names: Sequence[str]) -> dict[str, str]:
    """A name of at most ten letters for each column; what would clash gets a number at its end."""
    short: dict[str, str] = {}
    taken = {name for name in names if len(name) <= _NAME_LENGTH}
    for name in names:
        if len(name) <= _NAME_LENGTH:
            short[name] = name
            continue
        candidates = [name[:_NAME_LENGTH]]
        candidates += [f"{name[: _NAME_LENGTH - 1 - len(str(n))]}_{n}" for n in range(1, len(names) + 1)]
        short[name] = next(each for each in candidates if each not in taken)
        taken.add(short[name])
    return short


def _remarks(names: dict[str, str], fitting: _Fitting, *, unknown_z: float, mixed: bool) -> tuple[str, ...]:
    remarks = [f"The column {name} is called {short}." for name, short in names.items() if name != short]
    remarks += [
        f"In {name}, {count} {'text was' if count == 1 else 'texts were'} cut to {_TEXT_BYTES} bytes."
        for name, count in fitting.cut.items()
    ]
    remarks += [
        f"In {name}, {count} {'number was' if count == 1 else 'numbers were'} too large and left out."
        for name, count in fitting.left_out.items()
    ]
    if mixed:
        remarks.append(f"An unknown height is written as {unknown_z:g}.")
    return tuple(remarks)


def _one_after_another(steps: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def shape(geometries: Any) -> Any:
        for step in steps:
            geometries = step(geometries)
        return geometries

    return shape


def _pack(path: Path, main: Path, about: str) -> None:
    parts = sorted(part for part in main.parent.iterdir() if part.stem == main.stem and part.is_file())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.write(part, part.name)
        archive.writestr(f"{main.stem}.txt", about)

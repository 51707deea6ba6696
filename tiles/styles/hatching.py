"""Hatches as small pictures that repeat without a seam, side by side in one sprite.

A hatch is parallel lines; the smallest rectangle that repeats is as wide as the lines are apart along the
horizontal, and as high as along the vertical. Both must be whole pixels, so a few lines share a picture, and
angle and spacing are bent by less than can be seen. Lines are drawn by how much of a pixel they cover.
"""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from layers.style import Hatch, Style

Json = dict[str, Any]

# Wider than this a picture is not made: the lines are so flat that they are drawn level.
_MAX_PIXELS = 1024
_SMALL_ENOUGH_PIXELS = 128
_LEAST_SPACING = 1.0
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_EIGHT_BITS_RGBA = (8, 6, 0, 0, 0)


@dataclass(frozen=True)
class Weave:
    """What repeats: a rectangle of whole pixels, crossed by so many lines along each side; `slope` is ±1."""

    width: int
    height: int
    lines_across: int
    lines_down: int
    slope: int


def image_name(hatch: Hatch | None) -> str:
    """The name of a hatch's picture: what it looks like, so the same hatch of two layers is one picture."""
    if hatch is None:
        return ""
    colour = hatch.colour.removeprefix("#")
    return f"hatch-{colour}-{hatch.spacing:g}-{hatch.width:g}-{hatch.angle:g}"


def list_hatches(styles: Iterable[Style]) -> dict[str, Hatch]:
    """The hatches of polygons in these styles by the names of their pictures."""
    symbols = (symbol for style in styles for symbol in (style.default, *(c.symbol for c in style.classes)))
    return {image_name(symbol.hatch): symbol.hatch for symbol in symbols if symbol.hatch}


def describe_sprite(hatches: Iterable[Hatch], ratio: int) -> Json:
    """Where in the sprite each picture is (MapLibre style specification, Sprite), one below the other."""
    index: Json = {}
    top = 0
    for hatch in hatches:
        weave = find_weave(hatch)
        width, height = weave.width * ratio, weave.height * ratio
        index[image_name(hatch)] = {"x": 0, "y": top, "width": width, "height": height, "pixelRatio": ratio}
        top += height
    return index


def draw_sprite(hatches: Iterable[Hatch], ratio: int) -> bytes:
    """The sprite as PNG; `ratio` device pixels for each CSS pixel. One clear pixel when there is no hatch."""
    pictures = [draw_hatch(hatch, ratio) for hatch in hatches] or [np.zeros((1, 1, 4), np.uint8)]
    across = max(picture.shape[1] for picture in pictures)
    rows = [np.pad(picture, ((0, 0), (0, across - picture.shape[1]), (0, 0))) for picture in pictures]
    return write_png(np.vstack(rows))


def find_weave(hatch: Hatch) -> Weave:
    """The rectangle that repeats, in CSS pixels."""
    turn = math.radians(hatch.angle)
    spacing = max(hatch.spacing, _LEAST_SPACING)
    width, across = _whole_pixels(spacing, abs(math.sin(turn)))
    height, down = _whole_pixels(spacing, abs(math.cos(turn)))
    return Weave(width, height, across, down, 1 if hatch.angle >= 0 else -1)


def _whole_pixels(spacing: float, share: float) -> tuple[int, int]:
    """A length in whole pixels along which lines repeat, and how often; no lines when they run along it."""
    if share * _MAX_PIXELS < spacing:
        return 1, 0
    period = spacing / share
    most = max(int(_SMALL_ENOUGH_PIXELS / period), 1)
    lines = min(range(1, most + 1), key=lambda count: abs(round(count * period) / count - period))
    return max(round(lines * period), 1), lines


def draw_hatch(hatch: Hatch, ratio: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The picture of a hatch: rows × columns × RGBA, colours not multiplied with alpha.

    A line runs where the distance along the normal, from the upper left corner, is a whole number of spacings;
    angles count counter-clockwise from east while y points down.
    """
    weave = find_weave(hatch)
    x = (np.arange(weave.width * ratio) + 0.5) / ratio
    y = (np.arange(weave.height * ratio) + 0.5) / ratio
    per_x = weave.slope * weave.lines_across / weave.width
    per_y = weave.lines_down / weave.height
    phase = x[None, :] * per_x + y[:, None] * per_y
    spacing = 1 / math.hypot(per_x, per_y)
    away = np.abs(phase - np.round(phase)) * spacing
    covered = _covered(away, hatch.width, ratio) + _covered(spacing - away, hatch.width, ratio)
    picture = np.empty((len(y), len(x), 4), np.uint8)
    picture[..., :3] = tuple(bytes.fromhex(hatch.colour.removeprefix("#")))
    picture[..., 3] = np.round(np.minimum(covered, 1) * 255)
    return picture


def _covered(
    away: np.ndarray[Any, np.dtype[np.float64]], width: float, ratio: int
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """How much of a pixel a line of this width covers whose middle runs so far from the pixel's."""
    half, soft = width / 2, 0.5 / ratio
    overlap = np.minimum(away + soft, half) - np.maximum(away - soft, -half)
    covered: np.ndarray[Any, np.dtype[np.float64]] = np.clip(overlap * ratio, 0, 1)
    return covered


def write_png(picture: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    """A picture of RGBA bytes as PNG (ISO/IEC 15948): no filters, one block of data."""
    height, width, _ = picture.shape
    rows = np.zeros((height, 1 + width * 4), np.uint8)
    rows[:, 1:] = picture.reshape(height, width * 4)
    header = struct.pack(">IIBBBBB", width, height, *_EIGHT_BITS_RGBA)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return _PNG_MAGIC + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

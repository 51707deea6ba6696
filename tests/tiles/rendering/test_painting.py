"""Pictures by mapnik: exact scale and real fonts on paper, the style's colours on a screen."""

from __future__ import annotations

import io
import pickle
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from PIL import Image

from gis.workers import WorkerLimits, Workers
from layers.style import Class, Hatch, Label, Style, Symbol, Text
from tiles.rendering.drawing import Drawing, DrawnLabel, DrawnLayer
from tiles.rendering.frames import METRES_PER_POINT, Frame, paper_frame, screen_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CENTRE = (508_000.0, 136_000.0)
D96 = 3794
FINE = 600  # dots per inch at which a page is measured: 0.04 mm each


@pytest.fixture(scope="module")
def paint() -> Iterator[Callable[..., bytes]]:
    """Draws layers in a process of its own, as the service does."""
    workers = Workers("tiles.rendering.worker", "map", WorkerLimits(seconds=60))

    def draw(frame: Frame, *layers: DrawnLayer, form: str = "png") -> bytes:
        return workers.ask(pickle.dumps(Drawing(frame, layers, form)))  # type: ignore[arg-type]

    yield draw
    workers.close()


def layer(kind: str, symbol: Symbol, *shapes: shapely.Geometry, **more: Any) -> DrawnLayer:
    """Features of one symbol."""
    style = Style(default=symbol, label=more.pop("label", None))
    texts = [shapely.to_wkb(shape) for shape in shapes]
    return DrawnLayer("made", kind, style, texts, [0] * len(texts), **more)  # type: ignore[arg-type]


def at(east: float, north: float) -> tuple[float, float]:
    """A place so many metres from the centre."""
    return (CENTRE[0] + east, CENTRE[1] + north)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A rectangle around the centre, in metres from it."""
    return shapely.box(*at(west, south), *at(east, north))


def pixels(picture: bytes) -> np.ndarray[Any, Any]:
    """Rows × columns × RGB."""
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))


def page(picture: bytes, folder: Path) -> np.ndarray[Any, Any]:
    """A PDF's page as pixels, by poppler, which shares no code with what made it."""
    (folder / "page.pdf").write_bytes(picture)
    command = ["pdftoppm", "-r", str(FINE), "-png", "-singlefile", "page.pdf", "page"]
    subprocess.run(command, cwd=folder, check=True)
    return pixels((folder / "page.png").read_bytes())


@pytest.mark.parametrize("scale", [500, 1000, 5000])
def test_a_hundred_metres_are_as_long_as_the_scale_says(
    paint: Callable[..., bytes], tmp_path: Path, scale: int
) -> None:
    """Across and upright, within a tenth of a millimetre, on a sheet whose sides are no whole points."""
    frame = paper_frame(CENTRE, (230.3, 210.7), scale, D96)
    square = layer("polygon", Symbol(fill="#000000"), box(-50, -50, 50, 50))

    drawn = page(paint(frame, square, form="pdf"), tmp_path)[..., 0] < 128

    wanted = 100_000 / scale
    across, upright = (int(drawn.any(axis=axis).sum()) / FINE * 25.4 for axis in (0, 1))
    assert across == pytest.approx(wanted, abs=0.1)
    assert upright == pytest.approx(wanted, abs=0.1)


def test_a_sheet_is_no_larger_than_asked_for() -> None:
    """The frame is whole points, at most a point smaller than the sheet, and its scale is exact."""
    frame = paper_frame(CENTRE, (180, 120), 1000, D96)

    width, height = frame.millimetres
    assert 0 <= 180 - width < METRES_PER_POINT * 1000
    assert 0 <= 120 - height < METRES_PER_POINT * 1000
    assert frame.envelope.width == pytest.approx(width)
    assert frame.envelope.centre == pytest.approx(CENTRE)
    assert frame.metres_per_pixel == pytest.approx(1000 * 0.0254 / 96)


def test_paper_holds_vectors_and_text_with_its_font(paint: Callable[..., bytes], tmp_path: Path) -> None:
    """No picture is in the PDF; č š ž can be read out of it, and the font is embedded."""
    frame = paper_frame(CENTRE, (100, 100), 1000, D96)
    hatched = Symbol(fill="#ffcc00", fill_opacity=0.5, hatch=Hatch(colour="#008800"), line="#94765c")
    named = layer(
        "polygon",
        hatched,
        box(-40, -40, 40, 40),
        label=Label(column="name"),
        labels=[DrawnLabel("Češnja žaš 12/3", *CENTRE, 80)],
    )
    path = tmp_path / "map.pdf"
    path.write_bytes(paint(frame, named, form="pdf"))

    def ask(*command: str) -> str:
        done = subprocess.run([*command], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout

    assert "Češnja žaš 12/3" in ask("pdftotext", "map.pdf", "-")
    assert len(ask("pdfimages", "-list", "map.pdf").splitlines()) == 2
    fonts = ask("pdffonts", "map.pdf").splitlines()[2:]
    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts)


def test_colours_are_those_of_the_style(paint: Callable[..., bytes]) -> None:
    """Fill with its opacity over white, line over fill, and a class over the default."""
    frame = screen_frame(CENTRE, (200, 200), 0.5, D96)
    style = Style(
        default=Symbol(fill="#ff0000", line="#0000ff", line_width=4),
        by="use",
        classes=(Class(value="A", title=Text(sl="A"), symbol=Symbol(fill="#00ff00", fill_opacity=0.5)),),
    )
    shapes = [shapely.to_wkb(box(-40, -20, 0, 20)), shapely.to_wkb(box(0, -20, 40, 20))]
    drawn = DrawnLayer("made", "polygon", style, shapes, [0, 1])

    seen = pixels(paint(frame, drawn))

    assert tuple(seen[100, 60]) == (255, 0, 0)
    assert tuple(seen[100, 140]) == (128, 255, 128) or tuple(seen[100, 140]) == (127, 255, 127)
    assert tuple(seen[60, 60]) == (0, 0, 255)
    assert tuple(seen[10, 10]) == (255, 255, 255)


def test_an_offset_goes_to_the_right_of_a_line(paint: Callable[..., bytes]) -> None:
    """A line to the east with six pixels of offset lies six pixels further south."""
    frame = screen_frame(CENTRE, (100, 100), 1, D96)
    line = shapely.LineString([at(-40, 0), at(40, 0)])

    seen = pixels(paint(frame, layer("line", Symbol(line="#000000", line_width=2, offset=6), line)))

    dark = np.flatnonzero(seen[:, 50, 0] < 128)
    assert dark.mean() + 0.5 == pytest.approx(56, abs=0.5)


def test_hatches_of_neighbours_meet(paint: Callable[..., bytes]) -> None:
    """A hatch in two halves is the same as in one piece, wherever the border is."""
    frame = screen_frame(CENTRE, (160, 160), 0.5, D96)
    symbol = Symbol(hatch=Hatch(colour="#000000", spacing=9, width=2, angle=30))

    whole = pixels(paint(frame, layer("polygon", symbol, box(-40, -40, 40, 40))))
    halves = pixels(paint(frame, layer("polygon", symbol, box(-40, -40, 3.3, 40), box(3.3, -40, 40, 40))))

    differing = np.abs(whole.astype(int) - halves).max(axis=2) > 64
    assert (whole < 128).mean() > 0.1
    assert differing.mean() < 0.01


def test_texts_stand_only_where_they_have_room(paint: Callable[..., bytes]) -> None:
    """The same label is drawn in a wide parcel and not in a narrow one."""
    frame = screen_frame(CENTRE, (200, 100), 0.5, D96)
    marked = [layer("polygon", Symbol(), box(-50, -25, 50, 25), label=Label(column="name"), labels=[
        DrawnLabel("1234/56", *CENTRE, room)
    ]) for room in (30.0, 5.0)]  # fmt: skip

    with_room, without = (pixels(paint(frame, each)) for each in marked)

    assert (with_room < 128).any()
    assert (without == 255).all()


def test_a_name_stands_beside_its_point(paint: Callable[..., bytes]) -> None:
    """What is written begins to the right of the disc and covers nothing of it."""
    frame = screen_frame(CENTRE, (200, 60), 1, D96)
    disc = Symbol(fill="#000000", radius=6)
    label = Label(column="name", size=12, colour="#000000", halo=None)

    named = pixels(
        paint(
            frame, layer("point", disc, shapely.Point(CENTRE), label=label, labels=[DrawnLabel("ill", *CENTRE)])
        )
    )
    plain = pixels(paint(frame, layer("point", disc, shapely.Point(CENTRE))))

    written = np.flatnonzero((named != plain).any(axis=(0, 2)))
    assert written.min() >= 100 + 6
    assert written.max() < 130


def test_a_street_in_pieces_is_named_once(paint: Callable[..., bytes]) -> None:
    """Three pieces within a glance have one name, another street between them its own."""
    frame = screen_frame(CENTRE, (240, 60), 1, D96)
    east, north = CENTRE
    label = Label(column="name", size=12, colour="#000000", halo=None)
    pieces = [DrawnLabel("ill", east + step, north) for step in (-80, 0, 80)]

    def columns(labels: list[DrawnLabel]) -> int:
        drawn = pixels(paint(frame, layer("line", Symbol(), label=label, labels=labels)))
        return int((drawn < 128).any(axis=(0, 2)).sum())

    assert columns(pieces) == columns(pieces[:1])
    assert columns([*pieces, DrawnLabel("lil", east + 40, north)]) > columns(pieces)


def test_a_text_is_only_a_text(paint: Callable[..., bytes]) -> None:
    """What would be an expression or markup in mapnik's map file is drawn letter by letter."""
    frame = screen_frame(CENTRE, (600, 100), 0.5, D96)
    texts = ["[text]", "<Format size='90'>X</Format>", "&lt;"]

    drawn = [
        pixels(
            paint(
                frame,
                layer("point", Symbol(), label=Label(column="name"), labels=[DrawnLabel(text, *CENTRE)]),
            )
        )
        for text in texts
    ]

    widths = [np.ptp(np.flatnonzero((each < 128).any(axis=(0, 2)))) for each in drawn]
    assert widths[1] > widths[0] > widths[2]


def test_points_are_drawn_at_their_size(paint: Callable[..., bytes]) -> None:
    """A disc of radius 6 has 12 pixels across, twice as many on a screen with two dots per pixel."""
    point = layer("point", Symbol(fill="#000000", radius=6), shapely.Point(CENTRE))

    frames = [screen_frame(CENTRE, (60, 60), 1, D96, ratio=ratio) for ratio in (1, 2)]
    dark = [pixels(paint(frame, point))[..., 0] < 128 for frame in frames]

    assert [int(each.any(axis=0).sum()) for each in dark] == [12, 24]


def test_the_same_drawing_gives_the_same_picture(paint: Callable[..., bytes]) -> None:
    """SVG and PNG byte by byte, so that a picture can be kept under the hash of what is on it."""
    frame = screen_frame(CENTRE, (100, 100), 1, D96)
    drawn = layer("polygon", Symbol(fill="#ffcc00", line="#000000"), box(-30, -30, 30, 30))

    for form in ("svg", "png"):
        assert paint(frame, drawn, form=form) == paint(frame, drawn, form=form)

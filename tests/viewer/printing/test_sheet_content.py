"""What is on a sheet and what is not: grid, key, notes about layers that are missing, and limits."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pyproj
import pytest
import shapely
from psycopg import sql

from gis.errors import UnavailableError
from gis.workers import WorkerLimits
from tests.viewer.printing.conftest import EAST, NORTH, ROOT, box
from viewer.assets import read_assets
from viewer.paper.printing import ParcelPrinter
from viewer.printing.key import KeyGroup, KeyRow, plan_key
from viewer.printing.layout import BAND_MM, PIXELS_PER_MM, find_layout
from viewer.printing.reading import ReadingLimits
from viewer.printing.request import parse_sheet_request
from viewer.printing.sheets import MapSheets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.tiles.conftest import Workshop
    from viewer.paper.order import PaperOrder
    from viewer.printing.request import SheetRequest

pytestmark = pytest.mark.database

RED, BLUE, GREEN = ({"fill": colour} for colour in ("#ff0000", "#0000ff", "#00ff00"))
CLASSES = [
    {"value": "1", "title": {"sl": "prvi"}, "symbol": RED},
    {"value": "2", "title": {"sl": "drugi"}, "symbol": RED},
    {"value": "3", "title": {"sl": "tretji <b>"}, "symbol": BLUE},
]


@pytest.fixture(scope="module", autouse=True)
def _layers(workshop: Workshop) -> None:
    """Layer a has classes, one of them far away; of b only a line round everything; c is drawn from near."""
    style = {"default": GREEN, "by": "code", "classes": CLASSES}
    values = [{"name": str(code), "code": code} for code in (1, 3, 2)]
    shapes = [box(20, 20), box(20, 20, east=40), box(20, 20, east=3000)]
    workshop.publish("a", shapes, values=values, style=style, title={"sl": "Namenska raba"})
    workshop.publish("b", [box(2000, 2000)], style={"default": {"line": "#333333"}}, title={"sl": "Meja"})
    workshop.publish("c", [box(5, 5)], style={"default": GREEN, "scale": {"max": 0.4}}, title={"sl": "Jaški"})


@pytest.fixture
def lock_b(workshop: Workshop) -> Iterator[None]:
    """Somebody holds the table of b, as an import that went wrong might."""
    table = sql.Identifier("data", workshop.table_name("b"))
    with workshop.database.loading() as connection:
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(table))
        yield


@pytest.fixture
def unreadable_b(workshop: Workshop) -> Iterator[None]:
    """The service may not read the table of b any more."""
    table = sql.Identifier("data", workshop.table_name("b"))
    with workshop.database.reading() as connection:
        reader = connection.exec_driver_sql("SELECT current_user").scalar_one()
    with workshop.database.loading() as connection:
        grantees = connection.execute(
            "SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_name = %s "
            "AND privilege_type = 'SELECT' AND grantee <> current_user",
            [workshop.table_name("b")],
        ).fetchall()
    names = [sql.Identifier(str(name)) for name in {reader, *(row[0] for row in grantees)} if name != "PUBLIC"]
    with workshop.database.loading() as connection:
        connection.execute(sql.SQL("REVOKE SELECT ON {} FROM {}").format(table, sql.SQL(", ").join(names)))
    yield
    with workshop.database.loading() as connection:
        connection.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(table, sql.SQL(", ").join(names)))


def grid_labels(order: PaperOrder) -> list[tuple[int, float, float, bool]]:
    """Metres, place in pixels, and whether it stands upright, of each coordinate round the map."""
    drawing = order.files["map.svg"].content.decode()
    place = r'<text x="([\d.]+)" y="([\d.]+)" font-size="8.5"'
    found = re.findall(rf'{place}[^>]*?( transform="rotate[^"]*")?>([\d\u00a0]+)</text>', drawing)
    return [(int(text.replace("\u00a0", "")), float(x), float(y), bool(turned)) for x, y, turned, text in found]


def notes_of(order: PaperOrder) -> list[str]:
    """The sentences about what is missing."""
    return re.findall(r"<li>([^<]+)</li>", order.html)


def key_of(order: PaperOrder) -> list[str]:
    """Headings and rows of the key."""
    return re.findall(r"<h3>([^<]+)</h3>", order.html) + re.findall(
        r'<span class="row-title">([^<]+)<', order.html
    )


@pytest.mark.parametrize(("scale", "step"), [(500, 20), (1000, 50), (2000, 100), (5000, 200), (25000, 1000)])
def test_grid_labels_stand_where_pyproj_says(order: Callable[..., PaperOrder], scale: int, step: int) -> None:
    """Asked in degrees: every coordinate of the frame is where its metres are, to a tenth of a millimetre."""
    to_degrees = pyproj.Transformer.from_crs(3794, 4326, always_xy=True)
    lon, lat = to_degrees.transform(EAST, NORTH)
    layout = find_layout("a4", "portrait")
    width, height = layout.map_size

    labels = grid_labels(order(at=f"{lon:.9f},{lat:.9f}", scale=str(scale)))

    for metres, x, y, is_north in labels:
        if is_north:
            expected = BAND_MM + height / 2 - (metres - NORTH) / scale * 1000
            assert y / PIXELS_PER_MM == pytest.approx(expected, abs=0.1)
        else:
            expected = BAND_MM + width / 2 + (metres - EAST) / scale * 1000
            assert x / PIXELS_PER_MM == pytest.approx(expected, abs=0.1)
    easts = sorted({metres for metres, _, _, is_north in labels if not is_north})
    assert len(labels) == 2 * len({(metres, is_north) for metres, _, _, is_north in labels})
    assert {b - a for a, b in pairwise(easts)} == {step}


def test_the_key_tells_only_what_is_drawn(order: Callable[..., PaperOrder]) -> None:
    """Not the class that is far away though it looks like another one, nor a border that runs outside."""
    near, around = order(scale="1000"), order(scale="25000")

    assert key_of(near) == ["Namenska raba", "Jaški", "prvi", "tretji &lt;b&gt;"]
    assert key_of(around) == ["Namenska raba", "Meja", "prvi", "tretji &lt;b&gt;"]


@pytest.mark.parametrize(
    ("rows", "is_small", "is_split"), [(10, False, False), (24, True, False), (60, True, True)]
)
def test_a_long_key_is_small_and_a_longer_one_goes_on(rows: int, is_small: bool, is_split: bool) -> None:
    """Every row stands once, in its order, and a layer that is split has its name on both sides."""
    group = KeyGroup("Namenska raba", tuple(KeyRow(f"vrsta {number}", "data:,") for number in range(rows)))

    plan = plan_key(
        (group,), ("Jaški: narisano šele od merila 1 : 1.500 naprej.",), find_layout("a4", "landscape")
    )

    shown = [row for each in (*plan.beside, *plan.behind) for row in each.rows]
    assert shown == list(group.rows)
    assert (plan.is_small, bool(plan.behind)) == (is_small, is_split)
    assert {each.title for each in (*plan.beside, *plan.behind)} == {"Namenska raba"}


def test_a_layer_hidden_by_its_scale_is_named(order: Callable[..., PaperOrder]) -> None:
    """With the scale from which it is drawn; one that is switched off is not."""
    assert notes_of(order(scale="5000")) == ["Jaški: narisano šele od merila 1 : 1.500 naprej."]
    assert notes_of(order(scale="5000", off="c")) == []


@pytest.mark.usefixtures("unreadable_b")
def test_a_layer_that_cannot_be_read_is_named(order: Callable[..., PaperOrder]) -> None:
    """The others are drawn."""
    made = order(scale="1000")

    assert notes_of(made) == ["Meja: podatkov ni bilo mogoče prebrati, zato sloja ni na listu."]
    assert key_of(made) == ["Namenska raba", "Jaški", "prvi", "tretji &lt;b&gt;"]


@pytest.mark.usefixtures("lock_b")
def test_a_layer_that_does_not_answer_is_named(order: Callable[..., PaperOrder]) -> None:
    """So it is when it waits for somebody else too long."""
    made = order(scale="1000")

    assert notes_of(made) == [
        "Meja: podatki niso prišli pravočasno; poskusite znova ali izberite podrobnejše merilo."
    ]
    assert "Jaški" in key_of(made)


@pytest.mark.parametrize("limits", [{"rows": 1}, {"corners": 6}, {"bytes": 100}, {"all_corners": 7}])
def test_too_much_of_a_layer_is_named(
    workshop: Workshop, printer: ParcelPrinter, ask: Callable[..., SheetRequest], limits: dict[str, int]
) -> None:
    """More rows, corners or bytes than a sheet may hold leave the whole layer out, not a part in silence."""
    few = replace(ReadingLimits(), **limits)
    sheets = MapSheets(
        workshop.portal, workshop.catalogue, workshop.database, printer, read_assets(""), limits=few
    )

    made = sheets.build_order(ask({"scale": "1000", "off": "b"}), (), ROOT)

    assert notes_of(made) == ["Namenska raba: podatkov je tu preveč za en list; izberite podrobnejše merilo."]


def test_what_was_selected_and_is_not_there_is_named(order: Callable[..., PaperOrder]) -> None:
    """A key nobody has, and a feature beside the sheet; a base map is never printed."""
    assert notes_of(order(select="a:<b>"))[0].endswith("&lt;b&gt;.")
    assert notes_of(order(select="a:3"))[0] == "Izbranega tu ni ali ga v podatkih ni več: 3."
    assert notes_of(order(select="a:1", base="photo")) == [
        "Ortofoto: podlage z drugih strežnikov se ne tiskajo."
    ]


def test_a_selected_feature_of_a_hidden_layer_is_shown(order: Callable[..., PaperOrder]) -> None:
    """It alone, emphasised."""
    made = order(select="a:1", off="a,b,c")

    assert key_of(made) == ["izbrano"]
    assert made.files["map.svg"].content.count(b'stroke="#b3134f"') == 1


def test_a_layer_that_is_see_through_is_one_group(order: Callable[..., PaperOrder]) -> None:
    """Its swatch in the key is as pale as the map."""
    made = order(opacity="a:0.4", off="b,c")

    assert '<g opacity="0.4"><path' in made.files["map.svg"].content.decode()
    assert any(b'fill-opacity="0.4"' in each.content for name, each in made.files.items() if "swatch" in name)


def test_lines_are_moved_aside_as_on_the_screen(workshop: Workshop, order: Callable[..., PaperOrder]) -> None:
    """An offset of 4 pixels puts a line that runs to the east 4 pixels further south, whatever the scale."""
    line = shapely.LineString([(EAST - 20, NORTH), (EAST + 20, NORTH)])
    workshop.publish("c", [line], kind="line", style={"default": {"line": "#123456", "offset": 4}})
    middle = (find_layout("a4", "portrait").figure.height / 2) * PIXELS_PER_MM

    drawn = [order(scale=scale, off="a,b").files["map.svg"].content.decode() for scale in ("500", "2000")]

    norths = [float(y) for each in drawn for y in re.findall(r'd="M[\d.]+ ([\d.]+)L[^"]*"[^>]*#123456', each)]
    assert norths == pytest.approx([middle + 4, middle + 4], abs=0.1)


def test_drawings_are_on_the_sheet_as_somebodys_own(workshop: Workshop, sheets: MapSheets) -> None:
    """Where their centimetres say, with their text; the key says whose they are, the code brings them back."""
    codes = ["l1u8tj4.83hts.5k.0~Meja <i>č", "p0u8tj4.83hts", "a9u8tj4.83hts.go.0.0.go"]
    given = {"at": f"{EAST},{NORTH}", "scale": "1000", "off": "a,b,c"}
    asked = parse_sheet_request(given, workshop.portal, sheets.known_layers(), codes)
    layout = find_layout("a4", "portrait")
    made = sheets.build_order(asked, [*given.items(), ("draw", codes[0])], ROOT)

    drawing = made.files["map.svg"].content.decode()
    assert asked.sketches[0].points == ((EAST, NORTH), (EAST + 2, NORTH))
    line = re.search(r'd="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)" fill="none" stroke="#a84300"', drawing)
    assert line
    x, y, end, _ = (float(each) / PIXELS_PER_MM for each in line.groups())
    assert (x, y) == pytest.approx((layout.figure.width / 2, layout.figure.height / 2), abs=0.05)
    assert end - x == pytest.approx(2, abs=0.05)
    assert "Meja &lt;i&gt;č" in drawing
    assert key_of(made) == ["lastna risba uporabnika, ni podatek občine"]
    assert made.code is not None
    assert "draw=l1u8tj4.83hts.5k.0~Meja" in made.code


def test_a_crowd_is_turned_away_before_anything_is_read(
    workshop: Workshop, ask: Callable[..., SheetRequest]
) -> None:
    """The one who is told that too many wait has cost the database nothing."""
    read = threading.Event()
    with_room = ParcelPrinter(
        workshop.portal, read_assets(""), WorkerLimits(processes=1, waiting=0, seconds=20)
    )
    sheets = MapSheets(workshop.portal, workshop.catalogue, workshop.database, with_room, read_assets(""))

    def write_while_another_asks() -> PaperOrder:
        with pytest.raises(UnavailableError, match="Too many people"):
            sheets.print(ask({}), (), ROOT)
        read.set()
        return sheets.build_order(ask({}), (), ROOT)

    content = with_room.carry_out_when_free(write_while_another_asks)
    with_room.close()

    assert content.startswith(b"%PDF")
    assert read.is_set()

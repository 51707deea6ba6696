"""One neutral style, three drawings: legend, our canvas and MapLibre show the same colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gis.database import Database
from gis.settings import Settings
from layers.portal import read_portal
from prostor.app import DATABASE, create_app
from prostor.sample import import_missing_layers
from tests.browser.colours import (
    BOARD_FILES,
    Look,
    Picture,
    board_address,
    draw_in_viewer,
    open_maplibre,
    read_legend,
    take_picture,
)
from tests.browser.every_feature import (
    CENTRE,
    NAME_COLOUR,
    NAMES,
    Square,
    list_squares,
    place_of_name,
    write_portal,
)
from tests.browser.maplibre_site import make_site
from tests.browser.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.looking import Watch

pytestmark = [pytest.mark.browser, pytest.mark.database]

ZOOM = 17
SIZE = {"width": 1000, "height": 460}


@pytest.fixture(scope="module")
def board(
    cluster: Any, _copy_template: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where a service answers whose layers use everything that a style can say."""
    home = tmp_path_factory.mktemp("board")
    write_portal(home / "portal")
    database = Database(cluster.urls(_copy_template()))
    import_missing_layers(database, read_portal(home / "portal"), home, lambda _: None)
    app = create_app(Settings(home=home, portal=home / "portal"), database.urls)
    with serving(app) as address:
        yield address
    app.extensions[DATABASE].dispose()
    database.dispose()


@pytest.fixture
def new_page(webgl: Browser, watch: Watch) -> Iterator[Callable[[str], Page]]:
    """Opens watched pages of the size of the board."""
    context = webgl.new_context(viewport=SIZE)
    context.set_default_timeout(15_000)

    def open_page(address: str) -> Page:
        page = context.new_page()
        watch.follow(page)
        page.goto(address)
        return page

    yield open_page
    context.close()


@pytest.fixture
def board_site(board: str) -> Iterator[str]:
    """A site that shows the style named in its address."""
    policy = f"default-src 'self'; img-src 'self' data: {board}; connect-src {board}"
    with serving(make_site(BOARD_FILES, policy)) as address:
        yield address


# How far the window around a place reaches, in pixels: inside of zones, around lines and points.
REACH = {"zones": (40, 40), "pipes": (40, 24), "signs": (20, 20)}
# Of 255: the same colour, give or take rounding; and as much of it, give or take smoothed edges. A hatch that
# leans the other way has a slant of the other sign.
SAME_COLOUR, SAME_AMOUNT, SAME_SLANT = 3, 7, 20


def test_legend_canvas_and_maplibre_agree(new_page: Callable[[str], Page], board: str, board_site: str) -> None:
    """Fills, hatches, dashes, offsets, opacities, prefix classes and points have the same colours."""
    page, canvas = draw_in_viewer(new_page, board, CENTRE, ZOOM)
    legend = read_legend(page, canvas.ground)
    address = board_address(board_site, f"{board}/tiles/board/style.json", CENTRE, ZOOM)
    other = open_maplibre(new_page, address, canvas.ground)
    maplibre = take_picture(other, canvas.ground, CENTRE, ZOOM)

    faults = [fault for square in list_squares() for fault in compare(square, canvas, maplibre, legend)]

    assert faults == []


def test_texts_stand_where_they_fit(new_page: Callable[[str], Page], board: str, board_site: str) -> None:
    """A text with č, š and ž is written in its shape, and one too long for its shape by neither."""
    _, canvas = draw_in_viewer(new_page, board, CENTRE, ZOOM)
    address = board_address(board_site, f"{board}/tiles/names/style.json", CENTRE, ZOOM)
    other = open_maplibre(new_page, address, canvas.ground)
    maplibre = take_picture(other, canvas.ground, CENTRE, ZOOM)
    fitting, too_long = (place_of_name(name) for name in NAMES)

    for picture in (canvas, maplibre):
        written = picture.look(fitting, (45, 10))
        assert np.abs(written.ink - NAME_COLOUR).max() <= 40
        assert np.linalg.norm(written.means[0] - picture.ground) > 20
        assert np.array_equal(picture.look(too_long, (45, 10)).ink, picture.ground)


def compare(
    square: Square, canvas: Picture, maplibre: Picture, legend: dict[tuple[str, str | None], Look]
) -> Iterator[str]:
    """What differs in one square of the board."""
    place, reach = (square.east, square.north), REACH[square.layer]
    ours, theirs = canvas.look(place, reach), maplibre.look(place, reach)
    swatch = legend[square.layer, square.class_value]
    for name, one, other, tolerance in (
        ("legend and canvas", swatch.ink, ours.ink, SAME_COLOUR),
        ("legend and MapLibre", swatch.ink, theirs.ink, SAME_COLOUR),
        ("amounts in canvas and MapLibre", ours.means, theirs.means, SAME_AMOUNT),
        ("slants in canvas and MapLibre", ours.slant, theirs.slant, SAME_SLANT),
    ):
        if np.max(np.abs(one - other)) > tolerance:
            yield f"{square.layer} {square.value}, {name}: {np.round(one)} and {np.round(other)}"

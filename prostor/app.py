"""The application: every floor's routes in one Flask app, with health, errors and common headers.

    app = create_app(settings)              settings that name a database
    app = create_app(settings, urls)        the embedded cluster, already started

Nothing is read from a database here: an app can be made while PostgreSQL is still away.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Flask

import layers.ogc
import layers.openapi
import layers.routes
import tiles.hotpath
import tiles.ogc
import tiles.routes
import viewer.routes
from gis.database import Database, DatabaseUrls
from gis.errors import ConfigurationError
from gis.metrics import Metrics
from layers.catalogue import Catalogue
from prostor import headers, health, landing, metrics, problems
from prostor.landing import ApiPart
from prostor.portal_choice import read_chosen_portal
from tiles.grid import read_grids
from tiles.picture_store import PictureStore
from tiles.rendering.service import MapPainter
from viewer.layer_pages import LayerPages
from viewer.paper.printing import ParcelPrinter
from viewer.parcel_pages import ParcelPages
from viewer.pictures.pictures import Pictures
from viewer.pictures.routes import add_static_map
from viewer.printing.routes import add_print
from viewer.printing.sheets import MapSheets

if TYPE_CHECKING:
    from gis.settings import Settings

DATABASE = "prostor-database"
PRINTER = "prostor-printer"
PAINTER = "prostor-painter"
_MEGABYTE = 2**20


def create_app(settings: Settings, urls: DatabaseUrls | None = None, counted: Metrics | None = None) -> Flask:
    """The whole service. Raises ConfigurationError when portal, manifests or front end are not usable.

    `counted` is where this process counts beside the other workers; without it, it counts for itself.

    The Database is left in `app.extensions[DATABASE]`, for whoever ends the process to dispose of, and so is
    what prints documents and what paints pictures, in `app.extensions[PRINTER]` and `[PAINTER]`, to be closed.
    """
    portal = read_chosen_portal(settings)
    counted = counted or Metrics()
    database = Database(urls or _named_urls(settings), counted)
    catalogue = Catalogue(database)
    grids = read_grids(portal)
    app = Flask("prostor", static_folder=None)
    # A redirect for a doubled slash would repeat whatever Host a stranger sent.
    app.url_map.merge_slashes = False
    app.extensions[DATABASE] = database
    app.register_blueprint(tiles.routes.build_blueprint(settings, portal, catalogue, database, grids, counted))
    pages = viewer.routes.build_blueprint(settings, portal, catalogue, tuple(grids.values()))
    printer = app.extensions[PRINTER] = ParcelPrinter(portal, pages.pages.assets)
    sheets = MapSheets(portal, catalogue, database, printer, pages.pages.assets)
    add_print(pages, settings, portal, sheets)
    painter = app.extensions[PAINTER] = MapPainter()
    store = PictureStore(settings.home / "cache" / "pictures", settings.picture_disk_megabytes * _MEGABYTE)
    look = tiles.routes.look_after(app.extensions, store)
    add_static_map(pages, portal, Pictures(portal, catalogue, database, painter, store, look))
    app.register_blueprint(
        layers.routes.build_blueprint(
            settings,
            portal,
            catalogue,
            database,
            more_links=tiles.ogc.collection_links,
            pages=LayerPages(pages.pages),
            parcel_pages=ParcelPages(pages.pages, printer),
        )
    )
    app.register_blueprint(pages)
    app.register_blueprint(landing.build_blueprint(settings, portal, api_parts(catalogue)))
    app.register_blueprint(health.build_blueprint(database, tiles.routes.tile_trouble(app.extensions)))
    disk_bytes = tiles.routes.tile_disk_bytes(app.extensions)
    app.register_blueprint(metrics.build_blueprint(settings, counted, catalogue, disk_bytes))
    problems.register(app, pages.pages)
    headers.register(app)
    tiles.hotpath.wrap(app)  # type: ignore[arg-type]  # a method to mypy, but Flask says to replace it
    return app


def api_parts(catalogue: Catalogue) -> tuple[ApiPart, ...]:
    """What each floor adds to `/ogc`."""
    return (
        ApiPart(
            layers.ogc.CONFORMANCE,
            layers.ogc.landing_links,
            partial(layers.openapi.build_paths, catalogue),
        ),
        ApiPart(tiles.ogc.CONFORMANCE, tiles.ogc.landing_links, tiles.ogc.openapi_paths),
    )


def _named_urls(settings: Settings) -> DatabaseUrls:
    if settings.uses_embedded_cluster:
        raise ConfigurationError("No database is named; start with `prostor up` or `prostor serve`.")
    return DatabaseUrls.from_settings(settings)

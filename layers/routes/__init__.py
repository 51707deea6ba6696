"""The door of the layers floor: OGC API Features, `/layers`, `/parcels`, `/search` and `/identify`.

    app.register_blueprint(build_blueprint(settings, portal, catalogue, database))

Errors of `gis.errors` leave this floor as they are; `prostor.problems` turns them into answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from layers.routes.answers import Door
from layers.routes.collections import add_collections
from layers.routes.features import add_features
from layers.routes.history import add_history
from layers.routes.parcels import add_parcels
from layers.routes.questions import add_questions
from layers.routes.selection import add_selection

if TYPE_CHECKING:
    from gis.database import Database
    from gis.settings import Settings
    from layers.catalogue import Catalogue
    from layers.ogc import MoreLinks
    from layers.portal import Portal
    from layers.routes.answers import LayerPages, ParcelPages


def build_blueprint(
    settings: Settings,
    portal: Portal,
    catalogue: Catalogue,
    database: Database,
    *,
    more_links: MoreLinks | None = None,
    pages: LayerPages | None = None,
    parcel_pages: ParcelPages | None = None,
) -> Blueprint:
    """The routes of this floor. `more_links(root, layer_id)` gives other floors' links of a collection;
    `pages` shows layers to people, `parcel_pages` parcels.

    Raises ConfigurationError when a manifest of the portal cannot be read, or its rules of answers are wrong.
    """
    door = Door(settings, portal, catalogue, database, more_links or (lambda *_: ()), pages, parcel_pages)
    blueprint = Blueprint("layers", __name__)
    add_collections(blueprint, door)
    add_features(blueprint, door)
    add_history(blueprint, door)
    add_parcels(blueprint, door)
    add_questions(blueprint, door)
    add_selection(blueprint, door)
    return blueprint

"""Is the service alive, and can it answer: `/health/live` and `/health/ready`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from flask import Blueprint, Response

from gis.statements import read_statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.database import Database


def build_blueprint(database: Database, find_tile_trouble: Callable[[], str | None]) -> Blueprint:
    """Two routes for whoever watches the service; neither says anything about data.

    `find_tile_trouble` says why tiles cannot be written to the disk, if so: the service is ready all the same.
    """
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/health/live")
    def live() -> Response:
        return _say("alive")

    @blueprint.get("/health/ready")
    def ready() -> Response:
        with database.cursor() as cursor:
            cursor.execute(read_statement("prostor", "catalogue_stands"))
        trouble = find_tile_trouble()
        return _say("ready", **({"tiles_not_written": trouble} if trouble else {}))

    return blueprint


def _say(status: str, **details: str) -> Response:
    response = Response(orjson.dumps({"status": status, **details}), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response

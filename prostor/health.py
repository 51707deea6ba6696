"""Is the service alive, and can it answer: `/health/live` and `/health/ready`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from flask import Blueprint, Response

from gis.statements import read_statement

if TYPE_CHECKING:
    from gis.database import Database


def build_blueprint(database: Database) -> Blueprint:
    """Two routes for whoever watches the service; neither says anything about data."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/health/live")
    def live() -> Response:
        return _say("alive")

    @blueprint.get("/health/ready")
    def ready() -> Response:
        with database.cursor() as cursor:
            cursor.execute(read_statement("prostor", "catalogue_stands"))
        return _say("ready")

    return blueprint


def _say(status: str) -> Response:
    response = Response(orjson.dumps({"status": status}), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response

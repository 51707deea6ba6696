"""`/metrics`: what the service counts, as text for Prometheus, for whoever brings the token of the settings.

Without such a setting there is nothing at this address, and never by where a request comes from: behind a proxy
on the same machine every guest is a neighbour. Each metric is explained in docs/operations/metrics.md.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

import gis.database
import tiles.metrics
from gis.errors import NotFoundError, ProstorError
from gis.metrics import TEXT_TYPE, Family, write_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.metrics import Metrics
    from gis.settings import Settings
    from layers.catalogue import Catalogue

_WORKERS = Family("prostor_workers", "gauge", "Worker processes that are alive.")
_LAYERS = Family("prostor_layers_published", "gauge", "Layers that are published; absent when not known.")
_DATABASE = Family("prostor_database_up", "gauge", "1 when the database answered just now, 0 when not.")
_PROBLEMS = Family(
    "prostor_problems_total",
    "counter",
    "Answers with an error, of everything but kept tiles.",
    (("status", ()),),
)
FAMILIES = (_WORKERS, _LAYERS, _DATABASE, _PROBLEMS, *tiles.metrics.FAMILIES, *gis.database.FAMILIES)
_FIRST_ERROR = 400


def build_blueprint(
    settings: Settings, metrics: Metrics, catalogue: Catalogue, find_disk_bytes: Callable[[], int | None]
) -> Blueprint:
    """The one route, and what counts errors. `find_disk_bytes` says what the last sweep left of tiles."""
    blueprint = Blueprint("metrics", __name__)
    metrics.gauge(_WORKERS).set(1)

    @blueprint.get("/metrics")
    def show() -> Response:
        _check_token(settings)
        samples = metrics.read() | _ask_catalogue(catalogue)
        disk_bytes = find_disk_bytes()
        if disk_bytes is not None:
            samples[tiles.metrics.DISK_BYTES.sample()] = disk_bytes
        response = Response(write_text(FAMILIES, samples), content_type=TEXT_TYPE)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    @blueprint.after_app_request
    def count(response: Response) -> Response:
        if response.status_code >= _FIRST_ERROR:
            metrics.count(_PROBLEMS, str(response.status_code)).add()
        return response

    return blueprint


def _check_token(settings: Settings) -> None:
    """Raises NotFoundError: whoever has no token need not know that there is something."""
    wanted = settings.metrics_token
    brought = request.headers.get("Authorization", "")
    expected = f"Bearer {wanted.get_secret_value()}" if wanted is not None else ""
    if not expected or not hmac.compare_digest(brought.encode(), expected.encode()):
        raise NotFoundError("There is nothing at this address.")


def _ask_catalogue(catalogue: Catalogue) -> dict[str, float]:
    try:
        published = len(catalogue.published())
    except ProstorError:
        return {_DATABASE.sample(): 0}
    return {_DATABASE.sample(): 1, _LAYERS.sample(): published}

"""Routes that give features as GeoJSON: a page of items, one item, and a whole layer as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from gis.errors import GoneError, NotFoundError, RequestError
from layers.features import PageLinks, PageQuestion, open_page, open_whole, read_item
from layers.filters import FORMATS, ITEMS_PARAMETERS, check_format, parse_items_request, parse_version
from layers.links import GEOJSON_TYPE, JSON_TYPE, build_link, with_query
from layers.offered_crs import CRS84, OfferedCrs, offered_crs, parse_offered_crs
from layers.ogc import item_links, next_href, page_links
from layers.paging import find_token, parse_next
from layers.routes.answers import Door, build_etag, given_parameters, not_modified, with_validators

if TYPE_CHECKING:
    from flask import Blueprint

    from layers.catalogue import Catalogue, PublishedLayer

_ITEM_PARAMETERS = ("crs", "f", "version")
_WHOLE_PARAMETERS = ("crs", "version")


def add_features(blueprint: Blueprint, door: Door) -> None:
    """Add the routes."""

    @blueprint.get("/ogc/collections/<layer_id>/items")
    def list_items(layer_id: str) -> Response:
        return _answer_page(door, layer_id)

    @blueprint.get("/ogc/collections/<layer_id>/items/<path:key>", merge_slashes=False)
    def show_item(layer_id: str, key: str) -> Response:
        return _answer_item(door, layer_id, key)

    @blueprint.get("/layers/<layer_id>/data.geojson")
    def download(layer_id: str) -> Response:
        return _answer_whole(door, layer_id)


def _answer_page(door: Door, layer_id: str) -> Response:
    layer = _find_asked(door.catalogue, layer_id)
    walked = _find_walked(door.catalogue, layer)
    given = given_parameters((*ITEMS_PARAMETERS, *(walked or layer).manifest.columns))
    after_fid = None
    if "next" in given:
        after_fid = parse_next(given["next"], layer_id, given).after_fid
        layer = _check_walked(walked, given.get("version"))
    asked = parse_items_request(given, layer)
    root = door.root
    etag = build_etag(layer.token, layer.version_id, sorted(given.items()), root)
    unchanged = not_modified(etag)
    if unchanged is not None:
        return _with_crs(unchanged, asked.crs)
    links = PageLinks(page_links(root, layer_id, given), next_href(root, layer_id, given))
    body = open_page(door.database, PageQuestion(layer, asked, given, after_fid), links)
    response = Response(body, mimetype=GEOJSON_TYPE)
    return _with_crs(with_validators(response, etag), asked.crs)


def _find_asked(catalogue: Catalogue, layer_id: str) -> PublishedLayer:
    """The published version, or the kept one that `version` names. Raises RequestError for an unknown token."""
    published = catalogue.find(layer_id)
    if "version" not in request.args:
        return published
    token = parse_version(request.args["version"])
    try:
        return catalogue.find_version(layer_id, token)
    except NotFoundError as exc:
        reason = f"there is no such version of this layer; /layers/{layer_id} lists those that are kept"
        raise RequestError("version", reason, value=token) from exc


def _find_walked(catalogue: Catalogue, layer: PublishedLayer) -> PublishedLayer | None:
    """The version that the `next` of this request seems to belong to; None when it is no longer kept."""
    token = find_token(request.args.get("next", ""))
    if token is None or token == layer.token:
        return layer
    try:
        return catalogue.find_version(layer.id, token)
    except (GoneError, NotFoundError):
        return None


def _check_walked(walked: PublishedLayer | None, version: str | None) -> PublishedLayer:
    """The version a walk began on. Raises GoneError when it is no longer kept."""
    if walked is None:
        raise GoneError(
            "These data were replaced by newer ones while you read. Begin again with the first page."
        )
    if version is not None and version != walked.token:
        raise RequestError("next", "this link belongs to a walk on another version; begin again without it")
    return walked


def _answer_item(door: Door, layer_id: str, key: str) -> Response:
    given = given_parameters(_ITEM_PARAMETERS)
    check_format(given, FORMATS)
    layer = _find_asked(door.catalogue, layer_id)
    crs = parse_offered_crs("crs", given["crs"], offered_crs(layer.srid)) if "crs" in given else CRS84
    root = door.root
    etag = build_etag(layer.token, layer.version_id, key, sorted(given.items()), root)
    unchanged = not_modified(etag)
    if unchanged is not None:
        return _with_crs(unchanged, crs)
    body = read_item(door.database, layer, key, crs, item_links(root, layer_id, key, given))
    return _with_crs(with_validators(Response(body, mimetype=GEOJSON_TYPE), etag), crs)


def _answer_whole(door: Door, layer_id: str) -> Response:
    given = given_parameters(_WHOLE_PARAMETERS)
    layer = _find_asked(door.catalogue, layer_id)
    crs = parse_offered_crs("crs", given["crs"], offered_crs(layer.srid)) if "crs" in given else CRS84
    etag = build_etag("whole", layer.token, layer.version_id, sorted(given.items()), door.root)
    unchanged = not_modified(etag)
    if unchanged is not None:
        return _with_crs(unchanged, crs)
    here = f"{door.root}/layers/{layer_id}"
    links = [
        build_link("self", with_query(f"{here}/data.geojson", given.items()), GEOJSON_TYPE),
        build_link("up", here, JSON_TYPE, "The layer and its versions"),
    ]
    response = Response(open_whole(door.database, layer, crs, links), mimetype=GEOJSON_TYPE)
    name = f"{layer_id}-{layer.state_date.isoformat()}.geojson"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return _with_crs(with_validators(response, etag), crs)


def _with_crs(response: Response, crs: OfferedCrs) -> Response:
    response.headers["Content-Crs"] = crs.content_header
    return response

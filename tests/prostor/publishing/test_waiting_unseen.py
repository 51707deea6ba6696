"""A version that waits is seen by nobody: answers, validators and a walk under way stay what they were."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.prostor.publishing.looking import TILE, looking_at
from tests.prostor.publishing.town import import_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from tests.prostor.publishing.town import Town

pytestmark = pytest.mark.database
_MOMENT = re.compile(rb'"timeStamp":"[^"]*"')


def test_a_held_import_changes_no_answer(make_a_town: Callable[..., Town]) -> None:
    """The same fields under another title, held: tiles, pages, the next page and the layer stay."""
    town = make_a_town("fields")
    town.write_source("fields", 1, 120)
    import_here(town, "fields")
    with looking_at(town) as onlooker:
        before = answers(onlooker.client)
    manifest = town.folder / "layers" / "fields.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("Njive", "Polja"), encoding="utf-8")

    held = town.run("layer", "import", "fields", "--hold")
    with looking_at(town) as onlooker:
        after = {path: answer(onlooker.client, path) for path in before}

    assert "version 2 is loaded (120 rows) and waits" in held.stdout
    assert len(before) == 6
    assert {status for status, _, _ in before.values()} == {200}
    assert after == before


def answers(client: FlaskClient) -> dict[str, tuple[int, str | None, bytes]]:
    """Tile by alias and by token, two pages, one feature and the layer, by their paths."""
    template = client.get("/tiles/fields/WebMercatorQuad.json").get_json()["tiles"][0]
    _, z, x, y = TILE.split("/")
    by_token = urlsplit(template.replace("{z}", z).replace("{x}", x).replace("{y}", y)).path
    first = "/ogc/collections/fields/items?limit=50"
    links: list[dict[str, Any]] = json.loads(client.get(first).data)["links"]
    following = next(urlsplit(each["href"]) for each in links if each["rel"] == "next")
    paths = (
        f"/tiles/fields/{TILE}.mvt",
        by_token,
        first,
        f"{following.path}?{following.query}",
        "/ogc/collections/fields/items/7",
        "/layers/fields",
    )
    return {path: answer(client, path) for path in paths}


def answer(client: FlaskClient, path: str) -> tuple[int, str | None, bytes]:
    """Status, validator and bytes of an answer but for its moment; a busy machine is asked again."""
    response = client.get(path)
    for _ in range(10):
        if response.status_code != 503:
            break
        time.sleep(int(response.headers["Retry-After"]))
        response = client.get(path)
    return response.status_code, response.headers.get("ETag"), _MOMENT.sub(b"", response.data)

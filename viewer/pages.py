"""The pages people see, rendered from templates with their security headers.

One `Pages` is made for a portal when the application starts. It turns data into responses; which address
shows which page is `viewer.routes`.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Response, render_template, request

from layers.links import find_root
from tiles.answers import accepts
from viewer.assets import Assets, read_assets
from viewer.configuration import Json, build_configuration, say_searched
from viewer.embedding import find_shared
from viewer.security import (
    SELF,
    base_map_origins,
    content_security_policy,
    embedding_ancestors,
    security_headers,
)
from viewer.wording import LANGUAGES, read_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.settings import Settings
    from layers.catalogue import Catalogue
    from layers.manifest import Manifest
    from layers.portal import Portal
    from tiles.grid import Grid
    from viewer.embedding import Shared

_REMEMBERED_CONFIGURATIONS = 8
_PAGE_STYLES = ("tokens", "base", "masthead", "page", "print")


@dataclass(frozen=True)
class Pages:
    """The pages of one portal. `prefix` is the path under which the service lives, without a final slash."""

    portal: Portal
    catalogue: Catalogue
    grids: tuple[Grid, ...]
    manifests: Mapping[str, Manifest]
    assets: Assets
    prefix: str
    settings: Settings
    _configurations: OrderedDict[tuple[object, ...], Json] = field(default_factory=OrderedDict)

    def map_page(self, language: str) -> Response:
        """The viewer."""
        configuration = self.configuration(language)
        return self.page(
            "viewer.html",
            language,
            entry="viewer",
            configuration=configuration,
            searched=say_searched(configuration, read_texts(language)),
        )

    def embedded_page(self, language: str, query: str) -> Response:
        """The plain map for frames in other sites; `query` goes on to the link to the whole viewer."""
        return self.page(
            "embed.html",
            language,
            entry="embed",
            frame_ancestors=embedding_ancestors(self.portal.embedding_origins),
            configuration={
                **self.configuration(language),
                "embeddingOrigins": list(self.portal.embedding_origins),
                "release": self.assets.release,
            },
            query=query,
        )

    def text_page(self, name: str, language: str, **values: Any) -> Response:
        """A page of text, such as `privacy`."""
        return self.page(f"{name}.html", language, styles=_css(_PAGE_STYLES), **values)

    def error_page(self, status: int, sentence: str, language: str) -> Response:
        """A page that says in plain words what went wrong; never cached."""
        response = self.text_page("problem", language, status=status, sentence=sentence)
        response.status_code = status
        response.headers["Cache-Control"] = "no-store"
        return response

    def choose_language(self, asked: str | None) -> str:
        """The language asked for when the portal has it, else the portal's first."""
        offered = [each for each in self.portal.languages if each in LANGUAGES]
        return asked if asked in offered else offered[0]

    def configuration(self, language: str) -> Json:
        """The viewer's configuration, made anew when something was published and on a new day."""
        published = {each.id: each for each in self.catalogue.published()}
        today = date.today()  # noqa: DTZ011  days of the reader's calendar
        key = (language, today, *((each.id, each.version_id) for each in published.values()))
        found = self._configurations.get(key)
        if found is None:
            found = self._configurations[key] = build_configuration(
                self.portal,
                published,
                self.grids,
                manifests=self.manifests,
                language=language,
                prefix=self.prefix,
            )
            while len(self._configurations) > _REMEMBERED_CONFIGURATIONS:
                self._configurations.popitem(last=False)
        return found

    def page(
        self,
        template: str,
        language: str,
        *,
        styles: Sequence[str] = (),
        entry: str | None = None,
        frame_ancestors: Sequence[str] = (SELF,),
        frames: Sequence[str] = (),
        **values: Any,
    ) -> Response:
        """Any page: a template with values, the sheets of its entry and its own, and its kind of headers."""
        html = render_template(
            template,
            portal=self.portal,
            language=language,
            texts=read_texts(language),
            assets=self.assets,
            entry=self.assets.entries[entry] if entry else None,
            styles=styles,
            prefix=self.prefix,
            shared=self._find_shared(),
            base_map_origins=base_map_origins(self.portal.base_maps),
            **values,
        )
        policy = content_security_policy(
            frame_ancestors=frame_ancestors,
            image_origins=base_map_origins(self.portal.base_maps) if entry else (),
            frames=frames,
        )
        return _respond(html, security_headers(policy))

    def _find_shared(self) -> Shared | None:
        root = find_root(self.settings, request.host)
        return find_shared(root, request.path, request.query_string.decode("utf-8", "replace"))


def build_pages(settings: Settings, portal: Portal, catalogue: Catalogue, grids: Sequence[Grid]) -> Pages:
    """The pages of a portal. Raises ConfigurationError when the front end is not built."""
    prefix = urlsplit(settings.base_url or "").path.rstrip("/")
    return Pages(
        portal=portal,
        catalogue=catalogue,
        grids=tuple(grids),
        manifests={each.id: each for each in portal.read_manifests()},
        assets=read_assets(prefix),
        prefix=prefix,
        settings=settings,
    )


def _css(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"css/{name}.css" for name in names)


def _respond(html: str, headers: Mapping[str, str]) -> Response:
    """A page with an ETag, asked for again each time but seldom sent again, and packed when the browser can."""
    content = html.encode()
    packed = accepts(request.headers.get("Accept-Encoding"), "gzip")
    response = Response(gzip.compress(content, 6, mtime=0) if packed else content, mimetype="text/html")
    response.headers.update(headers)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(hashlib.sha256(content).hexdigest()[:24] + ("-gzip" if packed else ""))
    return response

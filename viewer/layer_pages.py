"""The pages `/layers` and `/layers/{id}` for people: what is published, how good it is, and what changed.

Everything on them comes from the catalogue and is public. The last failed import is not shown: it is work of
the office, and what is published still holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from flask import request

from gis.errors import GoneError
from layers.known_layers import KnownLayers
from viewer.layer_facts import (
    ColumnRow,
    Coordinates,
    Link,
    VersionRow,
    describe_columns,
    describe_coordinates,
    describe_versions,
)
from viewer.legend import build_legend
from viewer.phrases import Phrases
from viewer.quality_words import QualityWords, describe_quality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

    from layers.catalogue import LayerHistory, PublishedLayer
    from layers.identify import AskedLayer, Reason
    from layers.manifest import Document
    from layers.portal import Theme
    from viewer.legend import LegendEntry
    from viewer.pages import Pages

_STYLES = tuple(
    f"css/{name}.css"
    for name in ("tokens", "base", "masthead", "page", "layers", "about", "grid-table", "print")
)

_FEW_ENTRIES = 8


@dataclass(frozen=True)
class LayerLine:
    """A layer in the list; without `rows` it has no data, and `missing` says why."""

    title: str
    description: str
    href: str | None = None
    state: str | None = None
    rows: str | None = None
    provider: str | None = None
    missing: str | None = None
    stale: str | None = None


@dataclass(frozen=True)
class LayerGroup:
    """The layers of one theme that no theme before it has; the last group may have no theme."""

    title: str
    description: str
    map: str | None
    lines: tuple[LayerLine, ...]
    documents: tuple[Link, ...] = ()


@dataclass(frozen=True)
class LayerView:
    """Everything the page of a layer says, written out."""

    layer: PublishedLayer
    title: str
    description: str
    state: str
    stale: str | None
    loaded: str
    rows: str
    provider: str
    attribution: str
    coverage: str | None
    maps: tuple[Link, ...]
    legend: tuple[LegendEntry, ...]
    few_of_legend: int
    rest_of_legend: str
    coordinates: Coordinates
    quality: QualityWords
    columns: tuple[ColumnRow, ...]
    versions: tuple[VersionRow, ...]
    downloads: tuple[Link, ...]
    documents: tuple[Link, ...]


class LayerPages:
    """The pages of the layers of one portal."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._known = KnownLayers(pages.portal, pages.catalogue)

    def list_page(self, asked_language: str | None) -> Response:
        """Every layer of the portal, theme by theme."""
        language = self._pages.choose_language(asked_language)
        groups = self._build_groups(Phrases(language))
        return _conditional(self._pages.page("layers.html", language, styles=_STYLES, groups=groups))

    def layer_page(self, layer_id: str, asked_language: str | None) -> Response:
        """One layer; a page that says so when it was withdrawn. Raises NotFoundError for an unknown one."""
        language = self._pages.choose_language(asked_language)
        try:
            history = self._pages.catalogue.history(layer_id)
        except GoneError:
            return self._withdrawn_page(layer_id, language)
        view = self._build_view(history, Phrases(language))
        return _conditional(self._pages.page("layer.html", language, styles=_STYLES, view=view))

    def _withdrawn_page(self, layer_id: str, language: str) -> Response:
        manifest = self._pages.manifests.get(layer_id)
        title = manifest.title.in_language(language) if manifest else layer_id
        response = self._pages.page("layer_withdrawn.html", language, styles=_STYLES, title=title)
        response.status_code = 410
        response.headers["Cache-Control"] = "no-store"
        return response

    def _build_groups(self, phrases: Phrases) -> tuple[LayerGroup, ...]:
        language, left = phrases.language, {each.manifest.id: each for each in self._known.asked()}
        groups = []
        for theme in self._pages.portal.themes:
            here = [left.pop(layer_id) for layer_id in reversed(theme.layers) if layer_id in left]
            groups.append(
                LayerGroup(
                    theme.title.in_language(language),
                    theme.description.in_language(language),
                    self._map_address(theme, None, language),
                    tuple(self._build_line(each, phrases) for each in here),
                    _links(theme.documents, language),
                )
            )
        rest = tuple(self._build_line(each, phrases) for each in left.values())
        groups.append(LayerGroup(phrases.say("catalogue.others"), "", None, rest))
        return tuple(group for group in groups if group.lines)

    def _build_line(self, asked: AskedLayer, phrases: Phrases) -> LayerLine:
        manifest, published = asked.manifest, asked.published
        title = manifest.title.in_language(phrases.language)
        description = manifest.description.in_language(phrases.language)
        if published is None:
            return LayerLine(title, description, missing=_say_missing(asked.reason, phrases))
        return LayerLine(
            title,
            description,
            href=self._address(f"/layers/{published.id}", phrases.language),
            state=phrases.say("answer.state", date=phrases.date(published.state_date)),
            rows=phrases.count("about.rows", published.row_count),
            provider=manifest.source.provider.in_language(phrases.language),
            stale=_say_stale(published, phrases),
        )

    def _build_view(self, history: LayerHistory, phrases: Phrases) -> LayerView:
        layer = history.published
        manifest, language = layer.manifest, phrases.language
        coverage, legend = manifest.coverage, build_legend(manifest, language)
        return LayerView(
            layer=layer,
            title=manifest.title.in_language(language),
            description=manifest.description.in_language(language),
            state=phrases.date(layer.state_date),
            stale=_say_stale(layer, phrases),
            loaded=phrases.moment(layer.loaded_at),
            rows=phrases.count("about.rows", layer.row_count),
            provider=manifest.source.provider.in_language(language),
            attribution=manifest.source.attribution.in_language(language),
            coverage=coverage.statement.in_language(language) if coverage else None,
            maps=self._maps(layer.id, language),
            legend=legend,
            few_of_legend=_FEW_ENTRIES if len(legend) > _FEW_ENTRIES + 1 else len(legend),
            rest_of_legend=phrases.say("about.rest_of_legend", count=len(legend) - _FEW_ENTRIES),
            coordinates=describe_coordinates(layer, phrases),
            quality=describe_quality(layer, phrases),
            columns=describe_columns(layer, phrases),
            versions=describe_versions(history, phrases, self._pages.prefix),
            downloads=self._downloads(layer, phrases),
            documents=_links(manifest.documents, language),
        )

    def _maps(self, layer_id: str, language: str) -> tuple[Link, ...]:
        return tuple(
            Link(theme.title.in_language(language), self._map_address(theme, layer_id, language))
            for theme in self._pages.portal.themes
            if layer_id in theme.layers
        )

    def _map_address(self, theme: Theme, layer_id: str | None, language: str) -> str:
        """A theme on the map, with the layer switched on when the theme starts without it."""
        return self._address("/", language, theme=theme.id, on=layer_id if layer_id in theme.hidden else None)

    def _downloads(self, layer: PublishedLayer, phrases: Phrases) -> tuple[Link, ...]:
        prefix, layer_id = self._pages.prefix, quote(layer.id)
        collection = f"{prefix}/ogc/collections/{layer_id}"
        return (
            Link(phrases.say("about.download_items"), f"{prefix}/layers/{layer_id}/data.geojson"),
            Link(phrases.say("about.download_collection"), collection),
            *(
                Link(phrases.say("about.download_tiles", grid=grid), f"{prefix}/tiles/{layer_id}/{grid}.json")
                for grid in layer.grids
            ),
            Link(phrases.say("about.download_page"), f"{prefix}/layers/{layer_id}?f=json"),
        )

    def _address(self, path: str, language: str, **query: Any) -> str:
        known = {name: value for name, value in query.items() if value is not None}
        if language != self._pages.portal.languages[0]:
            known = {"lang": language, **known}
        return f"{self._pages.prefix}{path}" + (f"?{urlencode(known)}" if known else "")


def _links(documents: Sequence[Document], language: str) -> tuple[Link, ...]:
    return tuple(Link(each.title.in_language(language), each.url) for each in documents)


def _say_stale(layer: PublishedLayer, phrases: Phrases) -> str | None:
    """That a newer state should have come by now; None when all is as agreed."""
    source, today = layer.manifest.source, date.today()  # noqa: DTZ011  days of the reader's calendar
    due = source.newer_due(layer.state_date)
    if due is None or not source.is_stale(layer.state_date, today):
        return None
    return phrases.say("layers.stale", date=phrases.date(layer.state_date), due=phrases.date(due))


def _conditional(response: Response) -> Response:
    """304 when the browser already has this very page."""
    response.make_conditional(request)
    return response


def _say_missing(reason: Reason | None, phrases: Phrases) -> str:
    """Why there are no data; a failed first import is, to the public, data that are not there yet."""
    return phrases.say("status.withdrawn" if reason == "withdrawn" else "status.never_loaded")

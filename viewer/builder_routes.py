"""`/embed/builder`: a form that writes the code of a map for other sites. Needs no script of a browser."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from flask import Response, current_app, request

from viewer.builder import BEGINNINGS, CONTROLS, WIDTHS, Choice, build_frame, parse_choice
from viewer.embed_codes import write_component, write_frame, write_picture
from viewer.embed_routes import find_own_root
from viewer.embed_weight import weigh_component, weigh_frame
from viewer.embedding import find_current, read_widgets
from viewer.security import SELF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Blueprint

    from gis.settings import Settings
    from viewer.embed_codes import Code
    from viewer.embed_weight import Weight
    from viewer.embedding import Frame, Widget
    from viewer.pages import Pages

_PICTURES = "/static-map.png"


def add_builder(blueprint: Blueprint, pages: Pages, settings: Settings) -> None:
    """Add the page."""
    widget = find_current(read_widgets())

    @blueprint.get("/embed/builder")
    def show_builder() -> Response:
        language = pages.choose_language(request.args.get("lang"))
        choice = _read_choice(pages, language)
        root = find_own_root(settings)
        frame = build_frame(choice, pages.portal, root)
        response = pages.page(
            "builder.html",
            language,
            entry="builder",
            frames=(SELF,),
            choice=choice,
            frame=frame,
            shown=pages.prefix + frame.address.removeprefix(root),
            codes=_write_codes(frame, root, widget, choice),
            weights=_weigh(pages, choice, widget),
            offered=pages.configuration(language),
            beginnings=BEGINNINGS,
            controls=CONTROLS,
            widths=WIDTHS,
        )
        response.make_conditional(request)
        return response


def _read_choice(pages: Pages, language: str) -> Choice:
    """The form sends its boxes one by one, and says which theme its layers were of."""
    given = request.args.to_dict()
    if "form" in given:
        given["controls"] = ",".join(request.args.getlist("control"))
    is_of_form = given.get("layers_of") is not None and given["layers_of"] == given.get("theme")
    ticked = request.args.getlist("layer") if is_of_form else None
    return parse_choice(given, ticked, pages.portal, language)


def _write_codes(frame: Frame, root: str, widget: Widget, choice: Choice) -> tuple[Code, ...]:
    codes = (write_frame(frame, root), write_component(frame, root, widget, poster=choice.is_poster))
    has_pictures = any(rule.rule == _PICTURES for rule in current_app.url_map.iter_rules())
    return (*codes, write_picture(frame, root)) if has_pictures else codes


def _weigh(pages: Pages, choice: Choice, widget: Widget) -> Mapping[str, Weight]:
    page = pages.embedded_page(choice.language, "")
    content = page.get_data()
    is_packed = page.headers.get("Content-Encoding") == "gzip"
    frame = weigh_frame(pages.assets, len(content if is_packed else gzip.compress(content, 6)))
    return {"frame": frame, "component": weigh_component(frame, widget)}

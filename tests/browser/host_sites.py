"""Pages of other sites that show our map: under a strict policy, among a CMS's styles, twice beside a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Flask, Response

if TYPE_CHECKING:
    from viewer.embedding import Widget

AGGRESSIVE = """
* { box-sizing: content-box !important; float: left; line-height: 3 !important; color: hotpink !important; }
iframe { display: none !important; width: 10px !important; }
div, p, button { position: absolute !important; text-transform: uppercase !important; }
prostor-map { margin: 20px; width: 640px; }
"""


@dataclass
class HostSite:
    """A site whose pages are written when the portal's address is known: a body and a policy by name."""

    pages: dict[str, tuple[str, str | None]] = field(default_factory=dict)

    def add(self, name: str, body: str, *, head: str = "", policy: str | None = None) -> None:
        """A page in Slovenian."""
        start = f'<!doctype html><html lang="sl"><head><meta charset="utf-8"><title>Gost</title>{head}</head>'
        self.pages[name] = (f"{start}<body>{body}</body></html>", policy)

    def build(self) -> Flask:
        """The site as an application."""
        site = Flask("host", static_folder=None)

        @site.get("/<name>")
        def show(name: str) -> Response:
            if name not in self.pages:
                return Response(status=204)
            body, policy = self.pages[name]
            response = Response(body, mimetype="text/html")
            if policy:
                response.headers["Content-Security-Policy"] = policy
            return response

        return site


def widget_script(portal: str, widget: Widget) -> str:
    """The script as the builder gives it."""
    return (
        f'<script type="module" src="{portal}/widget/{widget.release}.js" '
        f'integrity="{widget.integrity}" crossorigin></script>'
    )


def strict_policy(portal: str) -> str:
    """What a page with the widget has to allow, and nothing else."""
    return f"default-src 'none'; frame-src {portal}; script-src {portal}"

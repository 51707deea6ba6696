"""`prostor map export`: published layers as one stand-alone HTML file, to be mailed or kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gis import crs
from gis.logs import configure_logging
from gis.settings import read_settings
from layers.catalogue import Catalogue
from layers.portal import Language
from prostor.commands.console import progress, say
from prostor.connecting import connected
from prostor.portal_choice import read_chosen_portal
from viewer.assets import Assets, read_assets
from viewer.folium_export import build_map
from viewer.map_features import read_export_layer

app = typer.Typer(help="Maps to take away.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Maps to take away."""


@app.command("export")
def export(
    layers: Annotated[str, typer.Option(help="Layer ids with commas between, from the bottom upwards.")],
    out: Annotated[Path, typer.Option(help="HTML file to write.", dir_okay=False)],
    language: Annotated[Language, typer.Option(help="Language of titles and values.")] = "sl",
    title: Annotated[str | None, typer.Option(help="Title of the page; the portal's when left out.")] = None,
) -> None:
    """Write one HTML file with these layers: it needs no network, and shows attribute text as text."""
    settings = read_settings()
    configure_logging(settings)
    portal = read_chosen_portal(settings)
    assets = read_assets("")
    with connected(settings, say) as database, progress() as report:
        catalogue = Catalogue(database)
        chosen = [catalogue.find(name.strip()) for name in layers.split(",") if name.strip()]
        report(f"Drawing {len(chosen)} layers")
        page = build_map(
            [read_export_layer(database, layer, language) for layer in chosen],
            title=title or portal.title.in_language(language),
            language=language,
            start=crs.transform_envelope(portal.start_envelope, crs.WGS84),
            leaflet_js=_read(assets, "leaflet-classic.js"),
            leaflet_css=_read(assets, "leaflet.css"),
        )
    out.write_text(page, encoding="utf-8")
    say(f"Wrote {out} ({len(page.encode()) / 1e6:.1f} MB). It opens in any browser, without a network.")


def _read(assets: Assets, name: str) -> str:
    return (assets.folder / "vendor" / name).read_text(encoding="utf-8")

"""`prostor layer export`: a whole layer as one file to take away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from layers.catalogue import Catalogue
from layers.reading.report import Progress
from layers.writing.export import (
    ExportFormat,
    ExportRequest,
    check_place,
    choose_srid,
    choose_version,
    export_layer,
)
from prostor.commands.console import answer
from prostor.commands.layer_opening import layer_settings, opened
from prostor.commands.layer_progress import shown_progress


def export(
    layer: Annotated[str, typer.Argument(help="Id of the layer.")],
    out: Annotated[
        Path, typer.Argument(help="File to write: .gpkg, .geojson, .csv, .zip (shapefile) or .fgb.")
    ],
    format: Annotated[ExportFormat, typer.Option(help="GeoPackage keeps everything.")],  # noqa: A002 - the option's name
    version: Annotated[int | None, typer.Option(help="Number of a kept version.")] = None,
    crs: Annotated[
        int | None, typer.Option(help="EPSG code; degrees for GeoJSON, else that of the data.")
    ] = None,
    force: Annotated[bool, typer.Option(help="Replace a file that is there.")] = False,
    for_spreadsheets: Annotated[
        bool,
        typer.Option(help="CSV that Excel reads rightly: ; and decimal comma, ' before what it would misread."),
    ] = False,
) -> None:
    """Write a layer into one file, with its titles, source, date and licence."""
    settings = layer_settings()
    with opened(settings) as database:
        chosen = choose_version(Catalogue(database), layer, version)
        srid = choose_srid(chosen, format, crs)
        request = ExportRequest(chosen, format, out, srid, force=force, for_spreadsheets=for_spreadsheets)
        check_place(request)
        with shown_progress(layer) as listener:
            listener(Progress(step="write", total=chosen.row_count))

            def progress(done: int, total: int) -> None:
                listener(Progress(step="write", done=done, total=total))

            report = export_layer(database, request, progress)
    rows = "1 feature" if report.row_count == 1 else f"{report.row_count} features"
    names = " and ".join(path.name for path in report.files)
    answer(f"{layer}: version {report.number} ({rows}) is in {names}.")
    for remark in report.remarks:
        answer(f"· {remark}")

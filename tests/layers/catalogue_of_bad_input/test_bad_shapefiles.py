"""Rows 1 to 16 of the catalogue of bad input: shapefiles cut short, with parts missing, or that lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.database


@pytest.fixture
def shapefile(tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]]) -> Path:
    """A sound shapefile of five squares, to be spoilt."""
    return write(tmp_path / "areas.shp", squares(5))


def test_row_1_shp_cut_in_half(shapefile: Path, refused: Callable[..., str]) -> None:
    """row 1: the length in the header and the length of the file are both named."""
    shapefile.write_bytes(shapefile.read_bytes()[: shapefile.stat().st_size // 2])

    assert ".shp part is cut short or damaged: its header says 780 bytes, the file has 390" in refused(
        shapefile
    )

"""Rows 49, 80 and 81 of the catalogue of bad input: the same thing twice, and a layer that shrinks."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from gis.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.database


def test_row_49_an_id_that_is_a_number_and_a_text(tmp_path: Path, refused: Callable[..., str]) -> None:
    """row 49: 1 and "1" are the same key; the refusal lists it."""
    features = [
        {
            "type": "Feature",
            "properties": {"ID": identifier, "IME": "a"},
            "geometry": {"type": "Point", "coordinates": [15.04, 46.36 + place / 1e4]},
        }
        for place, identifier in enumerate([1, "1", "2"])
    ]
    path = tmp_path / "ids.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")

    assert "The key (id) is not unique: '1'" in refused(path, source={"crs": 4326}, geometry={"kind": "point"})


def test_row_49_ids_of_two_types(tmp_path: Path, refused: Callable[..., str]) -> None:
    """row 49: a feature's own id is a number in every feature, or a text in every one."""
    features = [
        {"type": "Feature", "id": identifier, "properties": {"ID": name, "IME": "a"}, "geometry": None}
        for identifier, name in ((1, "a"), ("1", "b"))
    ]
    path = tmp_path / "ids.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")

    assert "Feature 2: its id '1' is a text" in refused(path, source={"crs": 4326}, geometry={"kind": "point"})


def test_row_80_the_same_file_twice(
    registry: Any, make_manifest: Callable[..., Any], tmp_path: Path, write: Callable[..., Path], squares: Any
) -> None:
    """row 80: the second time nothing changes, also when the rows stand in another order."""
    manifest = make_manifest("twice", {"format": "geopackage"})
    first = write(tmp_path / "first.gpkg", squares(3))
    reports = [registry.load(manifest, first), registry.load(manifest, first)]

    assert [report.outcome for report in reports] == ["published", "unchanged"]
    assert reports[0].version_id == reports[1].version_id


def test_row_80_two_people_import_one_layer(
    registry: Any, make_manifest: Callable[..., Any], tmp_path: Path, write: Callable[..., Path], squares: Any
) -> None:
    """row 80: the second is told while the first goes on, and the first is published."""
    manifest = make_manifest("twins", {"format": "geopackage"})
    source = write(tmp_path / "twins.gpkg", squares(3))
    begun, go_on = threading.Event(), threading.Event()
    reports: list[Any] = []

    def wait(_progress: object) -> None:
        begun.set()
        go_on.wait(60)

    first = threading.Thread(target=lambda: reports.append(registry.load(manifest, source, progress=wait)))
    first.start()
    begun.wait(60)
    try:
        with pytest.raises(ConflictError, match="is being imported"):
            registry.load(manifest, source, who="bor")
    finally:
        go_on.set()
        first.join(60)

    assert [report.outcome for report in reports] == ["published"]


def test_row_80_an_import_that_is_cancelled(
    registry: Any, make_manifest: Callable[..., Any], tmp_path: Path, write: Callable[..., Path], squares: Any
) -> None:
    """row 80: Ctrl-C leaves nothing behind, and the same import works the next time."""
    manifest = make_manifest("cancelled", {"format": "geopackage"})
    source = write(tmp_path / "cancelled.gpkg", squares(3))
    before = registry.look()

    def cancel(progress: Any) -> None:
        if progress.step == "index":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        registry.load(manifest, source, progress=cancel)

    assert registry.look().tables == before.tables
    assert not list((registry.home / "staging").iterdir())
    assert registry.load(manifest, source).outcome == "published"


def test_row_81_half_the_rows_or_another_schema_wait(
    registry: Any, make_manifest: Callable[..., Any], tmp_path: Path, write: Callable[..., Path], squares: Any
) -> None:
    """row 81: a person has to confirm; until then the old version is served."""
    manifest = make_manifest("shrinking", {"format": "geopackage"})
    published = registry.load(manifest, write(tmp_path / "full.gpkg", squares(10)))

    fewer = registry.load(manifest, write(tmp_path / "fewer.gpkg", squares(4)))
    columns = {"id": {"source": ["ID"], "title": {"sl": "Oznaka"}}}
    other = registry.load(
        make_manifest("shrinking", {"format": "geopackage"}, columns=columns),
        write(tmp_path / "other.gpkg", squares(10)),
    )

    assert (fewer.outcome, other.outcome) == ("waiting", "waiting")
    assert "60 % fewer" in fewer.hold_reason
    assert "columns were taken away" in other.hold_reason
    current = registry.rows("SELECT current_version_id FROM catalogue.layer WHERE id = 'shrinking'")
    assert current == [(published.version_id,)]

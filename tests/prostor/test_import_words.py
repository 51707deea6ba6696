"""What a clerk is told about imports and layers is right for one row as for many, and says what to do next."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from layers.loading.history import VersionSummary
from layers.loading.importing import ImportReport
from layers.reading.report import Counts, Quality, Repair
from prostor.commands.layer_views import describe_import, show_import, show_layer, show_layers


def _report(count: int) -> ImportReport:
    repair = Repair(feature=1, key="a", reason="ring crosses itself", area_before_m2=1, area_after_m2=1)
    quality = Quality(counts=Counts(left_out=count), null_geometries=count, repairs=(repair,) * count)
    return ImportReport("fields", "published", count, number=1, quality=quality)


@pytest.mark.parametrize(
    ("count", "sentences"),
    [
        (1, ("1 row was left out by source.where.", "1 row has no geometry.", "1 feature was mended:")),
        (2, ("2 rows were left out by source.where.", "2 rows have no geometry.", "2 features were mended:")),
    ],
)
def test_counted_sentences_fit_their_number(
    capsys: pytest.CaptureFixture[str], count: int, sentences: tuple[str, ...]
) -> None:
    """One feature was mended; two were."""
    show_import(_report(count))

    told = capsys.readouterr().out
    assert [sentence for sentence in sentences if f"· {sentence}" not in told] == []
    assert ("(1 row)" if count == 1 else "(2 rows)") in describe_import(_report(count))


def _version(number: int, state: str, quality: dict[str, object]) -> VersionSummary:
    return VersionSummary(
        number=number,
        state=state,
        row_count=10,
        state_date=date(2026, 3, 1),
        loaded_at=datetime(2026, 3, 2, tzinfo=UTC),
        token="0123456789abcdef",  # noqa: S106 - the token of a version is no secret
        source_name="fields.zip",
        source_sha256="0" * 64,
        operation="none: the source is already in this CRS",
        operation_accuracy_m=None,
        quality=quality,
    )


def test_a_layer_shows_its_quality_and_what_waits(capsys: pytest.CaptureFixture[str]) -> None:
    """The published version's remarks and repairs, why the newer one waits, and the command for it."""
    stored = Quality(
        null_geometries=1,
        repairs=(
            Repair(feature=7, key="9001-7", reason="Self-intersection", area_before_m2=10, area_after_m2=9.5),
        ),
    ).model_dump(mode="json")
    waiting = _version(2, "loaded", {"hold_reason": "it has 4 rows"})
    published = _version(1, "published", {**stored, "fingerprint": "f", "hold_reason": None})

    show_layer("fields", [waiting, published])

    told = capsys.readouterr().out
    assert "version        1 (published)" in told
    assert "· 1 row has no geometry." in told
    assert "7\t9001-7\tSelf-intersection\t10.0\t9.5" in told
    assert "· Version 2 waits, because it has 4 rows. If it is right: " in told
    assert "prostor layer publish fields 2 --confirm" in told


def test_a_report_of_another_form_hides_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    """A stored report this program cannot read does not keep the layer from being shown."""
    show_layer("fields", [_version(1, "published", {"repairs": "many"})])

    assert "fields.zip" in capsys.readouterr().out


def test_an_empty_catalogue_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody wonders at a table without rows."""
    show_layers([])

    assert "No layer was imported here yet" in capsys.readouterr().out

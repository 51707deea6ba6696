"""What an import tells a clerk is right for one row as for many."""

from __future__ import annotations

import pytest

from layers.loading.importing import ImportReport
from layers.reading.report import Counts, Quality, Repair
from prostor.commands.layer_views import describe_import, show_quality


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
    show_quality(_report(count))

    told = capsys.readouterr().out
    assert [sentence for sentence in sentences if f"· {sentence}" not in told] == []
    assert ("(1 row)" if count == 1 else "(2 rows)") in describe_import(_report(count))

"""One tiny round of the serving benchmark against a real `prostor serve`, so that the harness cannot rot."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.serving.__main__ import gather
from benchmarks.serving.content import compare_content
from benchmarks.serving.journal import Journal
from benchmarks.serving.peers.prostor import Prostor
from benchmarks.serving.peers.tipg import Tipg
from benchmarks.serving.plan import TINY
from benchmarks.serving.scenarios import measure_cold
from benchmarks.serving.stage import Wish, staged
from benchmarks.serving.sums import add_up, read_tallies
from benchmarks.serving.whereabouts import explain_time

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short one, because a socket's path is."""
    made = Path(tempfile.mkdtemp(prefix=f"prostor-test-{os.getpid()}-", dir="/tmp"))
    yield made / "bench"
    shutil.rmtree(made)


@pytest.mark.slow
@pytest.mark.database
def test_a_round_measures_us_and_names_who_is_not_here(folder: Path, tmp_path: Path) -> None:
    """Parcels are imported and served; every tile is answered and whole; absent peers say why."""
    plan = replace(TINY, zooms=(16,), national_zooms=())
    folder.parent.chmod(0o755)
    with staged(folder, Wish(plan.parcels, 0), lambda _: None) as stage:
        journal = Journal(tmp_path / "figures.jsonl")
        bench = gather(stage, plan, journal, tmp_path / "no-tools", (Prostor, Tipg))
        measure_cold(bench)
        compare_content(bench)
        explain_time(bench, bench.servers[0], (16,))

    figures = next(iter(add_up(journal.all()).values()))
    spent = journal.facts["time prostor"]["16"]
    tally = read_tallies(journal.facts)["prostor"]["parcels", "WebMercatorQuad", 16]

    assert journal.facts["versions"]["tipg"].startswith("skipped: tipg is not here")
    assert set(figures) == {"prostor", "pg_tileserv (its SQL)", "pg_tileserv (its SQL) 3857"}
    assert figures["prostor"].rate > 0
    assert figures["prostor"].errors == 0
    assert figures["prostor"].peak_bytes > 0
    assert 0 < spent["sql_ms"] < spent["all_ms"]
    assert "Index Cond" in spent["plan"]
    assert tally.expected > 100
    assert tally.is_whole
    assert tally.missing_in_buffer == 0

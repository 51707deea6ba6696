"""The pure parts of the serving benchmark: which tiles, what counts as an error, which sums and verdicts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
import pytest

from benchmarks.serving.asking import Outcome, quantile
from benchmarks.serving.content import Expected, Tally, decode
from benchmarks.serving.grids import choose_tiles, tile_box
from benchmarks.serving.journal import Cell, Journal, Measured
from benchmarks.serving.peers.martin import Martin
from benchmarks.serving.peers.server import MERCATOR, NATIONAL, MissingError, Tile
from benchmarks.serving.plan import TINY
from benchmarks.serving.portal import PARCELS, UTILITIES
from benchmarks.serving.report import build_report
from benchmarks.serving.scenarios import zipf
from benchmarks.serving.stage import Stage, Wish, clear_folder, describe
from benchmarks.serving.sums import add_up, best_peer, judge
from benchmarks.serving.whereabouts import read_explained
from benchmarks.serving.wrk import parse_figures
from gis.envelope import Envelope

if TYPE_CHECKING:
    from pathlib import Path

DATA = Envelope(480000, 130000, 484000, 134000, 3794)
SQUARE = "POLYGON ((10 10, 60 10, 60 60, 10 60, 10 10))"
BOW = "POLYGON ((10 10, 60 60, 60 10, 10 40, 10 10))"
COLD = Cell("cold", "prostor", "parcels", MERCATOR, 14, 4)


@pytest.mark.parametrize(("grid", "zoom"), [(MERCATOR, 16), (NATIONAL, 9)])
def test_tiles_are_distinct_over_the_data_and_the_same_in_every_run(grid: str, zoom: int) -> None:
    """Every server is asked for the same tiles, none twice, and a shorter list begins a longer one."""
    few, many = choose_tiles(grid, zoom, DATA, 20), choose_tiles(grid, zoom, DATA, 60)

    assert len(set(many)) == 60
    assert few == many[:20]
    assert tile_box(few[0]).srid == {MERCATOR: 3857, NATIONAL: 3794}[grid]


def test_a_box_smaller_than_a_tile_has_a_tile() -> None:
    """Where no tile's middle lies over the data, the tile around the data is asked for."""
    assert len(choose_tiles(MERCATOR, 8, DATA, 5)) == 1


def test_favourites_come_more_often() -> None:
    """In a Zipf sequence the first favourite is asked for about twice as often as the second."""
    tiles = [Tile(MERCATOR, 16, x, 0) for x in range(50)]

    counts = [number for _, number in Counter(zipf(tiles, 20_000)).most_common(2)]

    assert counts[0] / counts[1] == pytest.approx(2, rel=0.15)
    assert zipf(tiles, 100) == zipf(tiles, 100)


def test_figures_of_wrk_are_read() -> None:
    """Failed requests are taken off the good ones, and microseconds become milliseconds."""
    outcome = parse_figures("Running 1s test\nFIGURES 1000 2000000 500000 10 1500 9000\n", 7)

    assert outcome == Outcome(990, 2.0, 1.5, 9.0, 500000, 10, 7)
    assert outcome.rate == 495
    with pytest.raises(ValueError, match="no figures"):
        parse_figures("unable to connect", 0)


def test_a_quantile_is_one_of_the_waits() -> None:
    """Seconds in, milliseconds out; no waits have a quantile of nothing."""
    waits = [0.003, 0.001, 0.002, 0.1]

    assert (quantile(waits, 0.5), quantile(waits, 0.99), quantile([], 0.5)) == (3.0, 100.0, 0.0)


def test_features_left_out_are_told_apart() -> None:
    """What is missing is large, small, only in the buffer, or just at its edge, which counts as nothing."""
    key = {name: (name, "1") for name in ("here", "large", "small", "near", "edge")}
    expected = {
        key["here"]: Expected(("a",), True, True, 100.0),
        key["large"]: Expected(("a",), True, True, 8.0),
        key["small"]: Expected(("a",), True, True, 7.9),
        key["near"]: Expected(("a",), False, True, 100.0),
        key["edge"]: Expected(("a",), False, False, 100.0),
    }
    body = _tile([({"ko": "here", "number": "1", "land_use": "wood"}, SQUARE), ({"ko": 7}, BOW)])
    tally = Tally()

    tally.add(expected, decode(body, PARCELS))

    assert (tally.missing_large, tally.missing_small, tally.missing_in_buffer) == (1, 1, 1)
    assert (tally.extra, tally.wrong, tally.invalid, tally.expected) == (1, 1, 1, 3)
    assert not tally.is_whole


def test_a_number_and_its_text_are_the_same_property() -> None:
    """Servers differ in how they type a number, which is not what content means here."""
    one = decode(_tile([({"eid": "1", "kind": "gas", "diameter": 25}, "LINESTRING (0 0, 9 9)")]), UTILITIES)
    other = decode(_tile([({"eid": 1, "kind": "gas", "diameter": "25"}, "LINESTRING (0 0, 9 9)")]), UTILITIES)

    assert one.features == other.features == {("1",): ("1", "gas", "25")}


def test_an_ended_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Figures and facts are read back from the file."""
    first = Journal(tmp_path / "figures.jsonl")
    first.keep(COLD, _outcome(100))
    first.note("run", {"date": "2026-01-01"})

    again = Journal(tmp_path / "figures.jsonl")

    assert (first.is_resumed, again.is_resumed) == (False, True)
    assert COLD in again
    assert list(again.all()) == [Measured(COLD, _outcome(100))]
    assert again.facts["run"] == {"date": "2026-01-01"}


def test_the_best_peer_is_the_quickest_one() -> None:
    """Neither we nor files behind nginx are peers; rounds are taken together by their median."""
    sums = add_up(_figures(prostor=[150, 200, 900], martin=[100, 90, 95], tipg=[40]))
    servers = next(iter(sums.values()))

    assert servers["prostor"].rate == 200
    others = ("nginx static", "martin, not compressed", "pg_tileserv (its SQL)")
    assert best_peer({**servers, **dict.fromkeys(others, servers["prostor"])}) == "martin"


@pytest.mark.parametrize(("ours", "is_met"), [(201, True), (199, False)])
def test_cold_aims_at_twice_the_best_peer(ours: int, is_met: bool) -> None:
    """A verdict names the ratio, and whom it is against."""
    verdict = judge(add_up(_figures(prostor=[ours], martin=[100], mapserver=[99])), {})[0]

    assert (verdict.against, verdict.is_met) == ("martin", is_met)
    assert verdict.ratio == ours / 100


def test_the_hot_path_is_held_against_files_behind_nginx() -> None:
    """Half of nginx from memory, and at par with our own files behind it."""
    rates = {"prostor, from memory": 40, "nginx over our files": 95, "nginx static": 100}

    verdicts = judge(add_up(_figures("hot path", **{name: [rate] for name, rate in rates.items()})), {})

    assert [(each.ratio, each.is_met) for each in verdicts] == [(0.4, False), (0.95, True)]


@pytest.mark.parametrize(("missing", "against"), [(0, "martin"), (1, "tipg")])
def test_bytes_are_held_against_equal_content(missing: int, against: str) -> None:
    """A peer that leaves features out may be as small as it likes."""
    facts = {
        "content prostor": _content(Tally(tiles=1, gzip_bytes=100)),
        "content martin": _content(Tally(tiles=1, gzip_bytes=80, missing_in_buffer=missing)),
        "content tipg": _content(Tally(tiles=1, gzip_bytes=110)),
    }

    verdict = judge({}, facts)[0]

    assert (verdict.against, verdict.is_met) == (against, against == "tipg")


def test_a_page_says_what_was_missed_and_what_failed() -> None:
    """Aims that were missed, errors and servers that did not start stand in the page."""
    sums = add_up(_figures(prostor=[100], martin=[100], errors=3))
    facts: dict[str, Any] = {
        "run": dict.fromkeys(("arguments", "date", "real", "caution"), "") | {"parcels": 1, "lines": 1},
        "machine": {"processors": "2"},
        "database": "PostgreSQL",
        "generator": "wrk",
        "versions": {"tipg": "skipped: tipg is not here"},
        "failed mapserver": "no such file",
    }

    page = build_report(sums, facts)

    assert "| cold ≥ 2 × the best peer | parcels WebMercatorQuad z14, 4 clients | 1.00 | martin |" in page
    assert "**3 errors**" in page
    assert "| mapserver | did not start: no such file |" in page
    assert "skipped: tipg is not here" in page


def test_statements_and_the_longest_plan_are_found_in_the_log() -> None:
    """auto_explain's entries are added up; the plan is told without the statement."""
    log = (
        "2026-11-23 01:00:00.000 UTC [1] prostor_reader@prostor LOG:  duration: 1.500 ms  plan:\n"
        "\tQuery Text: SELECT 1\n\tResult  (cost=0.00..0.01 rows=1 width=4) (actual rows=1 loops=1)\n"
        "2026-11-23 01:00:01.000 UTC [1] prostor_reader@prostor LOG:  duration: 2.500 ms  plan:\n"
        "\tQuery Text: SELECT\n\t  2\n\tSeq Scan  (cost=0.00..0.01 rows=1 width=4) (actual rows=1 loops=1)\n"
        "2026-11-23 01:00:02.000 UTC [2] LOG:  checkpoint starting: time\n"
    )

    spent, plan = read_explained(log)

    assert spent == 4.0
    assert plan == "Seq Scan  (cost=0.00..0.01 rows=1 width=4) (actual rows=1 loops=1)"


def test_a_peer_that_is_not_here_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is a sentence with a command."""
    monkeypatch.setenv("PATH", str(tmp_path))
    stage = Stage(tmp_path, None, (), {}, None)  # type: ignore[arg-type]

    with pytest.raises(MissingError, match="martin is not here; cargo install martin"):
        Martin(stage, tmp_path).find_version()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """What has no mark of the benchmark is not removed, even when everything shall be made anew."""
    (tmp_path / "letter.txt").write_text("dear all")

    with pytest.raises(SystemExit, match="holds something else"):
        clear_folder(tmp_path, Wish(1, 1), fresh=True)

    assert (tmp_path / "letter.txt").read_text() == "dear all"


@pytest.mark.parametrize(
    ("build", "is_done", "stays"), [("a", True, True), ("b", True, False), ("a", False, False)]
)
def test_data_of_another_build_are_made_anew(tmp_path: Path, build: str, is_done: bool, stays: bool) -> None:
    """Figures are of the Prostor that imported the data; half a stage is no stage."""
    folder = tmp_path / "bench"
    folder.mkdir()
    (folder / "stage.json").write_text(describe(Wish(1, 1, build="a")))
    if is_done:
        (folder / "stage.done").touch()

    clear_folder(folder, Wish(1, 1, build=build), fresh=False)

    assert folder.exists() is stays


def test_the_tiny_plan_asks_for_all_scenarios() -> None:
    """The run of the test measures zooms that the tables have."""
    assert set(TINY.zooms) <= set(TINY.cold_tiles)


def _tile(features: list[tuple[dict[str, Any], str]]) -> bytes:
    layer = {"name": "any", "features": [{"geometry": wkt, "properties": each} for each, wkt in features]}
    return bytes(mapbox_vector_tile.encode([layer]))


def _outcome(rate: float, errors: int = 0) -> Outcome:
    return Outcome(int(rate), 1.0, 1.0, 2.0, 1000, errors)


def _figures(scenario: str = "cold", errors: int = 0, **rates: list[float]) -> list[Measured]:
    return [
        Measured(COLD._replace(scenario=scenario, server=server, round=number), _outcome(rate, errors))
        for server, rounds in rates.items()
        for number, rate in enumerate(rounds)
    ]


def _content(tally: Tally) -> list[dict[str, Any]]:
    return [{"layer": "parcels", "grid": MERCATOR, "zoom": 14, "tally": vars(tally)}]

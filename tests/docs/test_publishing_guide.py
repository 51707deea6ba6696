"""The publishing guide, run as it stands: its files are written, its commands typed, and the map is asked."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import fiona
import pytest
import shapely
from psycopg import sql
from shapely.geometry import mapping

from gis.settings import Settings
from prostor.app import DATABASE, create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

    from gis.cluster import EmbeddedCluster
    from gis.database import DatabaseUrls

pytestmark = pytest.mark.database

ROOT = Path(__file__).parents[2]
GUIDES = {language: ROOT / "docs" / "guides" / f"publishing.{language}.md" for language in ("sl", "en")}
_BLOCK = re.compile(r"(?:<!-- (file|append): (\S+) -->\n)?```(sh|toml)\n(.*?)```", re.DOTALL)
_MAIN = "from prostor.commands import main; main()"
WEST, SOUTH, STEP = 555_000, 141_000, 20


@dataclass(frozen=True)
class Step:
    """What a reader does next: type commands, or write (or add to) a file."""

    action: str
    file: str
    text: str


@dataclass(frozen=True)
class Walk:
    """A guide that was followed to its end: what was printed, and the service over the result."""

    printed: str
    client: FlaskClient


def read_steps(language: str) -> list[Step]:
    """The blocks of a guide in their order."""
    text = GUIDES[language].read_text(encoding="utf-8")
    return [Step(action or kind, file, body) for action, file, kind, body in _BLOCK.findall(text)]


def write_parcels(path: Path, rows: list[tuple[int, int]]) -> None:
    """A zipped shapefile in cp1250 as a clerk gets it: parcels in rows of twenty, each with a stated area."""
    schema = {
        "geometry": "Polygon",
        "properties": {"KO_ID": "int:9", "NAZIV": "str:40", "ST_PARCELE": "str:12", "POVRSINA": "int:9"},
    }
    shape = path.with_suffix("") / "parcele.shp"
    shape.parent.mkdir()
    with fiona.open(
        shape, "w", driver="ESRI Shapefile", schema=schema, crs="EPSG:3794", encoding="cp1250"
    ) as file:
        file.writerecords([_record(number, area) for number, area in rows])
    with zipfile.ZipFile(path, "w") as packed:
        for part in sorted(shape.parent.iterdir()):
            packed.write(part, part.name)


def _record(number: int, area: int) -> dict[str, object]:
    names = {"KO_ID": 9001, "NAZIV": "9001 JELŠNICA", "ST_PARCELE": f"{number}/1", "POVRSINA": area}
    return {"geometry": mapping(_square(number)), "properties": names}


def _square(number: int) -> shapely.Polygon:
    west, south = WEST + STEP * (number % 20), SOUTH + STEP * (number // 20)
    return shapely.box(west, south, west + STEP, south + STEP)


def script_of(steps: list[Step]) -> str:
    """The guide as one program that stops at the first command that fails, and shows what it types."""
    lines = [
        "set -eu",
        f'prostor() {{ "{sys.executable}" -c "from prostor.commands import main; main()" "$@"; }}',
    ]
    for step in steps:
        if step.action in ("file", "append"):
            arrow = ">" if step.action == "file" else ">>"
            lines.append(f"cat {arrow} {step.file} <<'END_OF_FILE'\n{step.text}END_OF_FILE")
        else:
            lines += [f"echo {_quoted('$ ' + line)}\n{line}" for line in step.text.strip().splitlines()]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


@pytest.fixture(scope="module")
def urls(cluster: EmbeddedCluster, _copy_template: Callable[[], str]) -> Iterator[DatabaseUrls]:
    """A new database for the whole walk."""
    name = _copy_template()
    yield cluster.urls(name)
    with cluster.superuser() as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def walk(urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The Slovenian guide, followed with three deliveries: a first, one with changes, one with too few rows."""
    home = tmp_path_factory.mktemp("clerk")
    first = [(number, STEP * STEP) for number in range(200)]
    write_parcels(home / "parcele-2026-03.zip", first)
    write_parcels(home / "parcele-2026-04.zip", [*first[3:150], (150, 399), *first[151:], (200, 400)])
    write_parcels(home / "parcele-2026-05.zip", first[:60])
    environment = {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PROSTOR_HOME": str(home / "var"),
        "PROSTOR_DATABASE_URL": urls.reader,
        "PROSTOR_LOADER_URL": urls.loader,
        "PROSTOR_OWNER_URL": urls.owner,
    }
    done = subprocess.run(
        ["/bin/bash", "-c", script_of(read_steps("sl"))],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    app = create_app(Settings(home=home / "var", portal=home / "karta"), urls)
    yield Walk(done.stdout, app.test_client())
    app.extensions[DATABASE].dispose()


def after(walk: Walk, command: str, occurrence: int = 0) -> str:
    """What was printed between a command and the next one."""
    return walk.printed.split(f"$ {command}\n")[occurrence + 1].split("\n$ ")[0]


def test_both_languages_type_the_same() -> None:
    """A command that is corrected in one guide is corrected in the other."""
    slovenian, english = read_steps("sl"), read_steps("en")

    assert len(slovenian) >= 12
    assert slovenian == english


def test_each_command_says_what_the_guide_promises(walk: Walk) -> None:
    """Draft, rehearsal, publication, changes, waiting, confirmation, return, withdrawal, in their order."""
    imports = [after(walk, "prostor layer import parcels", each) for each in range(4)]

    assert "it fits the portal's outline" in after(
        walk, "prostor layer inspect karta/sources/parcele.zip --write-manifest karta/layers/parcels.toml"
    )
    assert "nothing was written" in after(walk, "prostor layer import parcels --dry-run")
    assert "version 1 is published (200 rows)" in imports[0]
    assert "version 2 is published (198 rows)" in imports[1]
    assert "waits, because" in imports[2]
    assert "Version 3 of parcels is published" in after(walk, "prostor layer publish parcels --confirm")
    assert "ersion 2" in after(walk, "prostor layer rollback parcels")
    assert "published (198 rows)" in imports[3]


def test_the_comparison_counts_what_changed(walk: Walk) -> None:
    """Three parcels went, one came, one has another area."""
    said = after(walk, "prostor layer diff parcels")

    assert re.search(r"added\D+1\b", said)
    assert re.search(r"removed\D+3\b", said)
    assert re.search(r"attributes\D+1\b", said)


def test_the_history_tells_the_whole_story(walk: Walk) -> None:
    """Every step stands there, newest first, before the withdrawal that came after it."""
    said = after(walk, "prostor layer history parcels")

    assert said.count("published") >= 4
    assert said.index("rolled back") < said.rindex("published")


def test_the_map_answers_for_a_parcel(walk: Walk) -> None:
    """A point in a parcel finds it, and the tile of both themes there holds something."""
    east, north = WEST + STEP * 10.5, SOUTH + STEP * 5.5
    answer = walk.client.get(f"/identify?x={east}&y={north}&crs=3794&layers=parcels").get_json()
    column, row = int((east - 370_000) / 256), int((200_000 - north) / 256)
    tiles = [
        walk.client.get(f"/tiles/{name}/SI-D96/10/{column}/{row}.mvt") for name in ("cadastre", "planning")
    ]

    assert answer["layers"][0]["features"][0]["id"] == "9001-110/1"
    assert [(tile.status_code, len(tile.data) > 100) for tile in tiles] == [(200, True)] * 2


def test_the_page_of_the_layer_stands(walk: Walk) -> None:
    """The end of the guide is a page people can read."""
    page = walk.client.get("/layers/parcels?f=html").get_data(as_text=True)

    assert "198 zapisov" in page
    assert "Geodetska uprava Republike Slovenije" in page


def sentences() -> list[list[str]]:
    """Every text in the code that may be a refusal, as the pieces between the values filled in."""
    found = []
    for floor in ("layers", "gis", "prostor"):
        for path in (ROOT / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    found.append([str(each.value) for each in node.values if isinstance(each, ast.Constant)])
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.append([node.value])
    return found


@pytest.mark.parametrize("language", GUIDES)
def test_refusals_are_quoted_to_the_letter(language: str) -> None:
    """Each refusal in the table is one the program really says."""
    text = GUIDES[language].read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?`) \|", text.split("\n## ")[-1], flags=re.MULTILINE)
    quoted = [re.findall(r"`([^`]*)`", row) for row in rows]
    said = ["…".join(pieces) for pieces in sentences()]

    invented = [parts for parts in quoted if not any(all(part in each for part in parts) for each in said)]

    assert len(quoted) > 20
    assert invented == []

"""The shape of the JavaScript: floors, no circles, nothing that turns text into markup; and its own tests."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "viewer" / "static" / "js"
FLOORS = {"base": 0, "map": 1, "state": 1, "controls": 2, "": 3}
# A link of a page or an export is no module; Leaflet stays behind the map floor.
OUTSIDE = {
    "leaflet": "map",
    "@mapbox/vector-tile": "map",
    "pbf": "map",
    "@github/combobox-nav": "controls",
}


def imports_of(module: Path) -> list[str]:
    """What a module imports, as written."""
    return re.findall(r"^import\s[^'\"]*['\"]([^'\"]+)['\"]", module.read_text(encoding="utf-8"), re.MULTILINE)


def floor_of(module: Path) -> str:
    """The folder of a module below js/; empty for those that start a page."""
    parent = module.relative_to(MODULES).parent
    return "" if parent == Path() else parent.parts[0]


ALL = sorted(MODULES.rglob("*.js"))
GRAPH = {
    module: [(module.parent / name).resolve() for name in imports_of(module) if name.startswith((".", "/"))]
    for module in ALL
}


def test_modules_import_downwards_only() -> None:
    """base → map, state → controls → pages; map and state do not know each other."""
    wrong = [
        f"{module.relative_to(MODULES)} → {used.relative_to(MODULES)}"
        for module, targets in GRAPH.items()
        for used in targets
        if floor_of(used) != floor_of(module) and FLOORS[floor_of(used)] >= FLOORS[floor_of(module)]
    ]

    assert len(ALL) > 30
    assert wrong == []


def test_modules_import_in_no_circle() -> None:
    """Following the imports never comes back."""
    finished: set[Path] = set()

    def follow(module: Path, path: tuple[Path, ...]) -> None:
        assert module not in path, " → ".join(each.name for each in (*path, module))
        if module not in finished:
            for used in GRAPH[module]:
                follow(used, (*path, module))
            finished.add(module)

    for module in ALL:
        follow(module, ())

    assert finished == set(ALL)


def test_packages_stay_behind_their_floor() -> None:
    """Leaflet and the tile decoder are known in map/ only."""
    wrong = [
        f"{module.relative_to(MODULES)}: {name}"
        for module in ALL
        for name in imports_of(module)
        if not name.startswith(".") and OUTSIDE.get(name) != floor_of(module)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "forbidden",
    [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "localStorage",
        "document.cookie",
    ],
)
def test_nothing_turns_text_into_markup_or_keeps_it(forbidden: str) -> None:
    """No raw markup, no evaluation, no storage."""
    assert [module.name for module in ALL if forbidden in module.read_text(encoding="utf-8")] == []


def test_every_module_says_what_it_is_for() -> None:
    """Each module begins with a comment."""
    assert [module.name for module in ALL if not module.read_text(encoding="utf-8").startswith("// ")] == []


def test_colours_are_tokens() -> None:
    """Style sheets take colours from tokens.css; what must stay light on the map and on paper is named here."""
    allowed = {"#000", "#1c2326"}
    sheets = [each for each in (ROOT / "viewer/static/css").glob("*.css") if each.name != "tokens.css"]
    found = {
        f"{sheet.name}: {colour}"
        for sheet in sheets
        for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text(encoding="utf-8"))
        if colour not in allowed
    }

    assert found == set()


def test_pure_modules_pass_their_own_tests() -> None:
    """Projection, links, labels, hatching, hits: tested in Node, where they need no page."""
    tests = sorted(str(each) for each in (Path(__file__).parent / "js").glob("*.test.mjs"))

    run = subprocess.run(["node", "--test", *tests], cwd=ROOT, capture_output=True, text=True, check=False)

    assert len(tests) >= 4
    assert run.returncode == 0, run.stdout[-4000:]

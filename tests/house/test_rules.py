"""The rules of the house that a program can see: file lengths, imports, words, lock files."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMITS = {".py": 400, ".js": 300, ".mjs": 300, ".css": 200}
FORBIDDEN_NAMES = re.compile(r"(^|_)(util|utils|helper|helpers|manager|handler|data2)($|_)|^(process|do_.*)$")


def _tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


TRACKED = _tracked()


def test_no_file_grows_into_a_hub() -> None:
    """Python files stay under 400 lines, JavaScript under 300, style sheets under 200."""
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in TRACKED
        if path.suffix in LIMITS
    }

    too_long = {name: n for name, n in lengths.items() if n > LIMITS[Path(name).suffix]}

    assert lengths
    assert too_long == {}


def test_tests_are_no_packages() -> None:
    """An __init__.py under tests/ would replace the real package of that name."""
    assert [path for path in TRACKED if path.name == "__init__.py" and "tests" in path.parts] == []


def test_lock_files_name_no_registry() -> None:
    """Lock files hold names and hashes, never an address."""
    locks = [path for path in TRACKED if path.name in ("package-lock.json", "run.txt", "test.txt", "tipg.txt")]

    with_address = [
        path.name
        for path in locks
        if re.search(r'"resolved"|--(extra-)?index-url|--find-links', path.read_text(encoding="utf-8"))
    ]

    assert len(locks) >= 2
    assert with_address == []


def test_every_locked_package_has_a_hash() -> None:
    """pip can check each file it installs."""
    for name in ("run.txt", "test.txt", "tipg.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9_.\[\]-]+==\S+", text, flags=re.MULTILINE)

        assert len(pinned) > 10
        assert len(re.findall(r"^[a-z0-9_.\[\]-]+==\S+ .*\\\n    --hash=", text, flags=re.MULTILINE)) == len(
            pinned
        )


@pytest.mark.parametrize("floor", ["gis", "layers", "tiles", "viewer", "prostor"])
def test_names_say_what_things_are(floor: str) -> None:
    """No function, class or file is called util, helper, manager, handler, process or do_…"""
    bad = []
    for path in (ROOT / floor).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        ]
        snake = [re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in [*names, path.stem]]
        bad += [f"{path.relative_to(ROOT)}: {name}" for name in snake if FORBIDDEN_NAMES.search(name)]

    assert bad == []


@pytest.mark.parametrize("floor", ["gis", "layers", "tiles", "viewer", "prostor"])
def test_every_module_says_what_it_is_for(floor: str) -> None:
    """Each module begins with a docstring, and no function is longer than 60 lines."""
    silent, long = [], []
    for path in (ROOT / floor).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree):
            silent.append(str(path.relative_to(ROOT)))
        long += [
            f"{path.relative_to(ROOT)}: {node.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
        ]

    assert silent == []
    assert long == []


def test_nothing_in_the_code_is_left_for_later() -> None:
    """Code carries no notes for later; they are issues."""
    words = re.compile(r"\b(" + "TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    code = [path for path in TRACKED if path.suffix in (".py", ".js", ".sql", ".html", ".css")]

    found = [str(path.relative_to(ROOT)) for path in code if words.search(path.read_text(encoding="utf-8"))]

    assert found == []

"""A clerk's layer of trees, published by the commands a clerk gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from gis.errors import ProstorError
from prostor.commands.layer import app

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def publish_trees(portal: Path) -> Path:
    """Draft a manifest for forty trees, import them, and give the portal's folder back."""
    rows = [f"{number};Lipa {number};{501000 + number};135000" for number in range(40)]
    (portal / "drevesa.csv").write_text("\n".join(["ID;VRSTA;E;N", *rows]))
    draft = portal / "layers" / "drevesa.toml"
    run("inspect", portal / "drevesa.csv", "--write-manifest", draft)
    text = draft.read_text().replace('file = "drevesa.csv"', 'file = "../drevesa.csv"')
    draft.write_text(text + '\n[search]\ntext = "{vrsta}"\n' if "[search]" not in text else text)
    assert run("import", "drevesa").exit_code == 0
    return portal


def run(*words: str | Path) -> Result:
    """What a command answers; a refusal is raised as the command line would show it."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(result.exception, ProstorError):
        raise result.exception
    return result

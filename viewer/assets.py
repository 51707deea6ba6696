"""What `viewer/build.mjs` made: the release, its files, and what each page loads at once.

Read once when the pages are set up. This module knows no Flask and no page.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gis.errors import ConfigurationError
from tiles.answers import accepts

if TYPE_CHECKING:
    from collections.abc import Mapping

BUILT = Path(__file__).parent / "built"


@dataclass(frozen=True)
class Entry:
    """A module that starts a page, the parts it asks for at once, and the page's style sheet."""

    module: str
    preload: tuple[str, ...]
    sheet: str


@dataclass(frozen=True)
class Assets:
    """One release of the front end. Addresses are absolute paths under `prefix`, without origin."""

    release: str
    folder: Path
    prefix: str
    entries: Mapping[str, Entry]
    fonts: tuple[str, ...]
    names: frozenset[str]

    def address(self, name: str) -> str:
        """The address of a file of this release; it may be cached for ever."""
        return f"{self.prefix}/static/{self.release}/{name}"

    def find_file(self, name: str, encodings: str) -> tuple[Path, str | None] | None:
        """The file to send for an Accept-Encoding header, and its Content-Encoding; None when there is none."""
        if name not in self.names:
            return None
        plain = self.folder / name
        for encoding, suffix in (("br", ".br"), ("gzip", ".gz")):
            packed = plain.with_name(plain.name + suffix)
            if accepts(encodings, encoding) and packed.is_file():
                return (packed, encoding)
        return (plain, None)


def read_assets(prefix: str, built: Path = BUILT) -> Assets:
    """The newest build. Raises ConfigurationError when the front end was not built."""
    try:
        manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise ConfigurationError(
            "The viewer's front end is not built. Run `npm ci` and `npm run build` in the project's folder."
        ) from exc
    return Assets(
        release=manifest["release"],
        folder=built / manifest["release"],
        prefix=prefix,
        entries={
            name: Entry(entry["module"], tuple(entry["preload"]), entry["sheet"])
            for name, entry in manifest["entries"].items()
        },
        fonts=tuple(manifest["fonts"]),
        names=_names(built / manifest["release"]),
    )


def _names(folder: Path) -> frozenset[str]:
    """Every file of a release, by the name it is asked for with; packed twins are not asked for."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".br", ".gz"))
    return frozenset(path.relative_to(folder).as_posix() for path in files)

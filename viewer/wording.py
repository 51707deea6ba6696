"""The texts of the interface, one TOML file for each language in `texts/`.

Keys are `table.name`. A test holds the languages against each other and against the keys that are used.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("sl", "en")


@lru_cache(maxsize=len(LANGUAGES))
def read_texts(language: str) -> Mapping[str, str]:
    """Every text in one language by its key, such as `search.label`."""
    source = files("viewer").joinpath("texts", f"{language}.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(source)
    return MappingProxyType(
        {f"{table}.{name}": text for table, texts in tables.items() for name, text in texts.items()}
    )

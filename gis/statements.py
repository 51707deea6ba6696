"""Safe SQL: fixed statements in `.sql` files, identifiers put in by psycopg, values only bound.

A `.sql` file names its identifiers in braces (`{table}`) and its values as `%(name)s`.
Identifiers come from the catalogue, never from a request.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import LiteralString


@lru_cache(maxsize=256)
def read_statement(package: str, name: str) -> str:
    """`name`.sql in the `sql` folder of a package, e.g. ("layers", "publish"), without its lines of comment."""
    text = resources.files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


def compose(package: str, name: str, **parts: sql.Composable) -> sql.Composed:
    """The statement with its braces filled by quoted identifiers or composed clauses."""
    text: LiteralString = read_statement(package, name)
    return sql.SQL(text).format(**parts)


def identifier(*names: str) -> sql.Identifier:
    """A quoted identifier; two names make a qualified one: ("data", "v12")."""
    return sql.Identifier(*names)


def identifiers(names: Sequence[str]) -> sql.Composed:
    """Quoted identifiers with commas between."""
    return sql.SQL(", ").join([sql.Identifier(name) for name in names])

"""Opening an SQLite file that somebody else made: read only, as it stands, and obeying nothing it holds.

The one place where a path becomes an SQLite address, so that `#`, `?`, `%` and letters of any language in the
name of a folder stay what they are. https://www.sqlite.org/uri.html; https://www.sqlite.org/security.html.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Four times the largest geometry that is accepted; what is longer is refused before memory is taken for it.
LARGEST_CELL = 2**28
_LIMITS = (
    (sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_CELL),
    (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 2**20),
    (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 100),
    (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
    (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1),
)


def open_sqlite(path: Path) -> sqlite3.Connection:
    """Open a file that nobody changes meanwhile. Raises sqlite3.Error when it cannot be opened.

    Functions and virtual tables that the schema of the file names have no effect outside it, every cell is
    checked as it is read, and no extension can be loaded.
    """
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    for limit, value in _LIMITS:
        connection.setlimit(limit, value)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    if hasattr(connection, "enable_load_extension"):
        connection.enable_load_extension(False)
    return connection

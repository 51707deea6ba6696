"""Releases the widget as it is now: `.venv/bin/python scripts/release_widget.py`, then commit the new file.

Releases are never changed nor removed, for pages of others name them.
"""

from __future__ import annotations

import sys

from viewer.embedding import RELEASED, SOURCE, name_release


def main() -> None:
    """Copy the source under the name of its hash."""
    content = SOURCE.read_bytes()
    target = RELEASED / f"{name_release(content)}.js"
    RELEASED.mkdir(exist_ok=True)
    target.write_bytes(content)
    sys.stdout.write(f"{target.name}\n")


if __name__ == "__main__":
    main()

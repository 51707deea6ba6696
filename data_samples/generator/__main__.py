"""`python -m data_samples.generator OUT_FOLDER` writes the sources of the sample municipality anew."""

from __future__ import annotations

import sys
from pathlib import Path

from data_samples.generator.sources import write_sources
from data_samples.generator.town import build_town

SEED = 9001


def main() -> None:
    """Build the town from its seed and write its files."""
    if len(sys.argv) != 2:
        sys.exit("Say where to write: python -m data_samples.generator OUT_FOLDER")
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    write_sources(build_town(SEED), target)


if __name__ == "__main__":
    main()

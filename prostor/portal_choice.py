"""Which portal this process serves: the folder that PROSTOR_PORTAL names, else the sample municipality."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import data_samples
from layers.portal import read_portal

if TYPE_CHECKING:
    from gis.settings import Settings
    from layers.portal import Portal

SAMPLE = "municipality"


def find_portal_folder(settings: Settings) -> Path:
    """The folder with `portal.toml`, whether or not it is there."""
    return settings.portal or Path(data_samples.__path__[0], SAMPLE)


def read_chosen_portal(settings: Settings) -> Portal:
    """The portal of these settings. Raises ConfigurationError when its folder is not usable."""
    return read_portal(find_portal_folder(settings))

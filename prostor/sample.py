"""Loading the sample municipality into the embedded database, and only there.

Layers that were published or withdrawn before are left as they are, so a start that was killed half-way
goes on where it stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.errors import GoneError, NotFoundError
from layers.catalogue import Catalogue
from layers.loading.importing import import_layer
from prostor.portal_choice import read_chosen_portal
from tiles.grid import read_grids

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gis.database import Database
    from gis.settings import Settings
    from layers.portal import Portal


def load_sample(settings: Settings, database: Database, report: Callable[[str], None]) -> None:
    """Import the sample's layers that the embedded catalogue lacks. Raises what the import raises.

    Does nothing for a portal of one's own or an existing PostGIS.
    """
    if settings.portal is None and settings.uses_embedded_cluster:
        import_missing_layers(database, read_chosen_portal(settings), settings.home, report)


def import_missing_layers(
    database: Database, portal: Portal, home: Path, report: Callable[[str], None]
) -> None:
    """Import every layer of a portal that was never published nor withdrawn; staging lies in `home`."""
    targets = [grid.target() for grid in read_grids(portal).values()]
    catalogue = Catalogue(database)
    missing = [manifest for manifest in portal.read_manifests() if not _is_known(catalogue, manifest.id)]
    for number, manifest in enumerate(missing, start=1):
        report(f"Loading {portal.municipality.name.en}, layer {number} of {len(missing)}: {manifest.title.en}")
        import_layer(database, portal, manifest, targets=targets, home=home, who="prostor up")


def _is_known(catalogue: Catalogue, layer_id: str) -> bool:
    try:
        catalogue.find(layer_id)
    except NotFoundError:
        return False
    except GoneError:
        return True
    return True

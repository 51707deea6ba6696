"""Which layers of a view are drawn, which of their features are selected, and which labels they have.

The same for a sheet of paper and for a picture; what somebody would look for in vain is told to `Notes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewer.printing.reading import Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.catalogue import PublishedLayer
    from layers.identify import AskedLayer
    from layers.style import Label
    from viewer.permalink import View
    from viewer.printing.notes import Notes
    from viewer.printing.reading import SheetContent


def choose_layers(
    view: View, known: Mapping[str, AskedLayer], srid: int, metres_per_pixel: float, notes: Notes
) -> list[Wanted]:
    """The layers that are drawn, from the bottom upwards; `metres_per_pixel` are metres of ground."""
    keys = find_selected(view, known)
    visible = [name for name in view.visible_layers() if name in known]
    wanted = []
    for name in [*visible, *(each for each in keys if each not in visible)]:
        layer = known[name].published
        if layer is None or layer.srid != srid:
            notes.without_data(known[name])
            continue
        is_drawn = name in visible and layer.manifest.style.scale.holds(metres_per_pixel)
        if name in visible and not is_drawn:
            notes.out_of_scale(layer.manifest, metres_per_pixel)
        if is_drawn or name in keys:
            label = _find_label(layer, view, metres_per_pixel)
            wanted.append(Wanted(layer, label, keys.get(name, ()), is_drawn))
    return wanted


def find_selected(view: View, known: Mapping[str, AskedLayer]) -> dict[str, tuple[str, ...]]:
    """Keys of what is selected, by layer; parcels by number are those of the layer with that role."""
    parcels = next((name for name, each in known.items() if each.manifest.role == "parcels"), None)
    keys: dict[str, tuple[str, ...]] = {}
    for each in view.selected:
        name = each.layer or parcels
        if name is not None:
            keys[name] = (*keys.get(name, ()), each.key)
    return keys


def tell_missing(wanted: Sequence[Wanted], content: SheetContent, notes: Notes) -> None:
    """Tell which layers could not be read, and which selected features are not in the frame or in the data."""
    missing: list[str] = []
    for each in wanted:
        name = each.layer.id
        if name in content.faults:
            notes.fault(each.layer.manifest, content.faults[name])
        else:
            missing += [key for key in each.keys if key not in content.layers[name].selected]
    notes.selected(missing)


def _find_label(layer: PublishedLayer, view: View, metres_per_pixel: float) -> Label | None:
    """The label that a layer has in this view at this scale."""
    label = layer.manifest.style.label
    if label is None or not view.labelled.get(layer.id, label.shown):
        return None
    return label if metres_per_pixel <= label.max_metres_per_pixel else None

"""What a sheet says about all that somebody would look for on it in vain: clear sentences, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.identify import AskedLayer
    from layers.manifest import Manifest
    from layers.style import Text
    from viewer.phrases import Phrases
    from viewer.printing.reading import Fault

_METRES_OF_A_PIXEL = 0.0254 / 96
_MAX_TOLD = 8


class Notes:
    """The notes of one sheet or picture, in its language; texts begin with `section`.

    `missing` are ids of layers whose data should be there.
    """

    def __init__(self, phrases: Phrases, section: str = "printed.") -> None:
        self._phrases = phrases
        self._section = section
        self._written: list[str] = []
        self.missing: list[str] = []

    @property
    def written(self) -> tuple[str, ...]:
        """The sentences."""
        return tuple(self._written)

    def fault(self, manifest: Manifest, fault: Fault) -> None:
        """A layer that could not be read."""
        self.missing.append(manifest.id)
        self._tell(fault, manifest)

    def without_data(self, asked: AskedLayer) -> None:
        """A layer that has no data, or has them in a CRS the sheet is not in."""
        reason = asked.reason or "never_loaded" if asked.published is None else "other_crs"
        self.missing.append(asked.manifest.id)
        self._tell(f"no_data_{reason}", asked.manifest)

    def out_of_scale(self, manifest: Manifest, metres_per_pixel: float) -> None:
        """A layer that its style does not draw at the scale of the sheet."""
        scale = manifest.style.scale
        is_far = metres_per_pixel > scale.max
        said = self._phrases.number(_denominator(scale.max if is_far else scale.min))
        self._tell("too_far" if is_far else "too_near", manifest, scale=said)

    def selected(self, keys: Sequence[str]) -> None:
        """Selected features that are not on the sheet."""
        if keys:
            told = ", ".join(keys[:_MAX_TOLD]) + (" …" if len(keys) > _MAX_TOLD else "")
            self._written.append(self._say("selected_missing", names=told))

    def base(self, title: Text) -> None:
        """The base map of the view: it comes from other servers, into the reader's browser only."""
        name = title.in_language(self._phrases.language)
        self._written.append(self._say("base", name=name))

    def _tell(self, key: str, manifest: Manifest, **values: str) -> None:
        title = manifest.title.in_language(self._phrases.language)
        self._written.append(self._say(key, layer=title, **values))

    def _say(self, key: str, **values: str) -> str:
        return self._phrases.say(f"{self._section}{key}", **values)


def _denominator(metres_per_pixel: float) -> int:
    """The scale of so many metres in a CSS pixel, to two digits: 1.7 is 6400."""
    exact = metres_per_pixel / _METRES_OF_A_PIXEL
    return int(float(f"{exact:.2g}"))

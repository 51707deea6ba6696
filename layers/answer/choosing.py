"""Which version of each layer answers: the published one, or for a day in the past the one that held then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import GoneError, NotFoundError
from layers.answer.judging import Question
from layers.known_layers import KnownLayers
from layers.parcel_columns import find_parcel_columns

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from layers.answer.facts import Reason
    from layers.catalogue import Catalogue, PublishedLayer
    from layers.identify import AskedLayer
    from layers.identify import Reason as KnownReason
    from layers.portal import Portal

# The catalogue knows nothing of parcels, so being outside its coverage is not among its reasons here.
_REASONS: dict[KnownReason | None, Reason] = {"failed": "failed", "withdrawn": "withdrawn"}


@dataclass(frozen=True)
class Chosen:
    """The versions that one answer is made of: of the parcels, of each theme, and of surveyed areas."""

    parcels: PublishedLayer
    questions: tuple[Question, ...]
    surveyed: tuple[PublishedLayer, ...]


class VersionChooser:
    """Chooses versions for the themes of one portal."""

    def __init__(self, portal: Portal, catalogue: Catalogue) -> None:
        self._portal = portal
        self._catalogue = catalogue
        self._known = KnownLayers(portal, catalogue)

    def choose(self, as_of: date | None, language: str) -> Chosen:
        """All versions of an answer. Raises NotFoundError when there are no parcels of that day."""
        asked = {each.manifest.id: each for each in self._known.asked()}
        questions = tuple(self._questions(asked, as_of, language))
        ids = dict.fromkeys(
            each.manifest.coverage.within
            for each in questions
            if each.manifest and each.manifest.coverage and each.manifest.coverage.within
        )
        surveyed = (self._version(asked[name], as_of)[0] for name in ids if name in asked)
        return Chosen(
            self._parcels(asked.values(), as_of),
            questions,
            tuple(each for each in surveyed if each is not None),
        )

    def _parcels(self, asked: Iterable[AskedLayer], as_of: date | None) -> PublishedLayer:
        for each in asked:
            if each.manifest.role == "parcels" and find_parcel_columns(each.manifest) is not None:
                version, reason = self._version(each, as_of)
                if version is not None:
                    return version
                if reason == "not_kept":
                    raise NotFoundError(f"No version of the parcels from {as_of} or before is kept any more.")
        raise NotFoundError("No layer of parcels is published here.")

    def _questions(self, asked: dict[str, AskedLayer], as_of: date | None, language: str) -> Iterable[Question]:
        manifests = [each.manifest for each in asked.values()]
        for theme in self._portal.answer.themes_of(manifests):
            known = asked.get(theme.layer)
            version, reason = self._version(known, as_of) if known else (None, "never_loaded")
            manifest = version.manifest if version else known.manifest if known else None
            title = theme.title or (manifest.title if manifest else None)
            yield Question(
                layer_id=theme.layer,
                title=title.in_language(language) if title else theme.layer,
                subject=theme.subject or "other",
                manifest=manifest,
                version=version,
                reason=reason,
            )

    def _version(
        self, asked: AskedLayer, as_of: date | None
    ) -> tuple[PublishedLayer, None] | tuple[None, Reason]:
        """The version that answers, or why there is none."""
        if asked.published is None:
            return None, _REASONS.get(asked.reason, "never_loaded")
        found = asked.published if as_of is None else self._version_of(asked.published, as_of)
        if found is None:
            return None, "not_kept"
        return (found, None) if found.srid == self._portal.crs else (None, "other_crs")

    def _version_of(self, published: PublishedLayer, as_of: date) -> PublishedLayer | None:
        """The published version when its state is not later than the day, else the newest kept before it."""
        if published.state_date <= as_of:
            return published
        kept = [
            each
            for each in self._catalogue.versions(published.id)
            if each.state_date <= as_of and each.number < published.number
        ]
        if not kept:
            return None
        newest = max(kept, key=lambda each: (each.state_date, each.number))
        try:
            return self._catalogue.find_version(newest.id, newest.token)
        except (GoneError, NotFoundError):
            return None

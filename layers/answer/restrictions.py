"""Features that mean the same put together, named in words, and their shares printed so that they add up.

Pure: from candidates and the rules of their layer to what is told; how much lies on the parcel is `overlap`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.answer.facts import Restriction, Told
from layers.answer.shares import round_to_whole
from layers.plain_words import say_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from layers.answer.candidates import Candidate
    from layers.answer.overlap import Parcel, Share
    from layers.answer_plan import Subject
    from layers.manifest import Manifest

_BETWEEN = " – "
# Smaller parcels are told to a decimetre squared and more; a whole square metre would be a large part of them.
_SMALL_PARCEL_M2 = 100.0


def naming_columns(manifest: Manifest) -> tuple[str, ...]:
    """The columns in which rows of one restriction are alike."""
    return manifest.answer.restriction or manifest.naming


def group(manifest: Manifest, features: Iterable[Candidate]) -> dict[str, tuple[Candidate, ...]]:
    """Features by restriction, in the order they came; the name of a group is no text for people."""
    groups: dict[str, list[Candidate]] = {}
    for each in features:
        parts = [repr(each.values.get(name)) for name in naming_columns(manifest)]
        parts += ["abandoned"] if is_abandoned(manifest, each) else []
        groups.setdefault("\x1f".join(parts), []).append(each)
    return {name: tuple(members) for name, members in groups.items()}


def is_abandoned(manifest: Manifest, feature: Candidate) -> bool:
    """True for an object out of use: it is told when it lies on the parcel, but it has no belt."""
    return any(
        str(feature.values.get(column)) in values for column, values in manifest.answer.abandoned.items()
    )


def name_group(manifest: Manifest, features: Sequence[Candidate], subject: Subject, language: str) -> str:
    """The restriction in words: `JE-12 – SS – stanovanjske površine`, `vodovod`. Codes count in zoning only.

    Where the manifest does not say what a restriction is, a feature's own title is its name.
    """
    first, names = features[0], naming_columns(manifest)
    if not manifest.answer.restriction and first.title:
        return first.title
    parts: list[str] = []
    for column in names:
        value = first.values.get(column)
        words = say_value(manifest, column, value, language)
        if words is None:
            continue
        code = str(value)
        parts += [code, words] if subject == "zoning" and words != code else [words]
    return _BETWEEN.join(dict.fromkeys(parts)) or first.title or manifest.title.in_language(language)


def build_restrictions(
    parcel: Parcel,
    manifest: Manifest,
    subject: Subject,
    parts: Sequence[tuple[Share, Sequence[Candidate]]],
    *,
    whole: bool,
    language: str,
) -> tuple[Restriction, ...]:
    """What is told of each share, in the order given. With `whole` they cover the parcel, and add up to it."""
    percents, areas = print_shares(parcel, [share for share, _ in parts], whole=whole)
    told = []
    for (share, features), percent, area in zip(parts, percents, areas, strict=True):
        kind = manifest.geometry.kind
        told.append(
            Restriction(
                name=name_group(manifest, features, subject, language),
                codes=tuple(
                    str(features[0].values[name])
                    for name in naming_columns(manifest)
                    if features[0].values.get(name) is not None
                ),
                features=tuple(sorted(each.key for each in features)),
                told=_tell(manifest, features, language),
                legal_state=_legal_state(manifest, features[0], language),
                abandoned=is_abandoned(manifest, features[0]),
                class_value=_class_value(manifest, features[0]),
                drawn_m2=round(share.area_m2, 2) if kind == "polygon" else None,
                area_m2=area if kind == "polygon" else None,
                percent=percent if kind == "polygon" else None,
                length_m=round(share.length_m, 1) if kind == "line" else None,
                count=share.count if kind == "point" else None,
            )
        )
    return tuple(told)


def print_shares(
    parcel: Parcel, shares: Sequence[Share], *, whole: bool
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Percent to one decimal and square metres, as they are printed; with `whole` both add up to the parcel."""
    registered = float(parcel.shape.area) * parcel.ratio
    digits = area_digits(registered)
    if not whole:
        return (
            tuple(round(100 * share.share, 1) for share in shares),
            tuple(round(share.compensated_m2, digits) for share in shares),
        )
    sizes = [share.area_m2 for share in shares]
    return round_to_whole(sizes, 100.0, 1), round_to_whole(sizes, registered, digits)


def area_digits(registered_m2: float) -> int:
    """Decimals of printed square metres: none on a parcel of ordinary size, one on a small one."""
    return 0 if registered_m2 >= _SMALL_PARCEL_M2 else 1


def _tell(manifest: Manifest, features: Sequence[Candidate], language: str) -> tuple[Told, ...]:
    """The columns that are told; where features of one restriction differ, each value once."""
    return tuple(
        Told(
            name=name,
            title=manifest.columns[name].title.in_language(language),
            text=_join(say_value(manifest, name, each.values.get(name), language) for each in features),
            unit=manifest.columns[name].unit,
        )
        for name in manifest.answer.tell
    )


def _join(texts: Iterable[str | None]) -> str | None:
    known = sorted({text for text in texts if text is not None})
    return "; ".join(known) or None


def _legal_state(manifest: Manifest, feature: Candidate, language: str) -> str | None:
    column = manifest.answer.legal_state
    return say_value(manifest, column, feature.values.get(column), language) if column else None


def _class_value(manifest: Manifest, feature: Candidate) -> str | None:
    """The class that the feature is drawn in, None for the default symbol."""
    style = manifest.style
    value: object = feature.values.get(style.by) if style.by else None
    found = style.find_class(str(value)) if value is not None else None
    return found.value if found else None


def columns_to_read(manifest: Manifest, more: Mapping[str, object]) -> tuple[str, ...]:
    """The columns an answer needs of a layer: those of its rules, its style and its belts, if it has them."""
    style = manifest.style
    wanted = [*naming_columns(manifest), *manifest.answer.columns(), *style.columns(), *more]
    return tuple(name for name in dict.fromkeys(wanted) if name in manifest.columns)

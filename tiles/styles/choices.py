"""Class of a feature → value of a style property, as MapLibre expressions.

They find the same class as `Style.find_class`: exact values by one `match`, prefixes by one `match` for each
length, the longest outside. Absent values, and values of no class, get what the default symbol gets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from layers.style import Class, Style, Symbol

Expression = Any


def list_symbols(style: Style) -> tuple[Symbol, ...]:
    """The default symbol, then those of the classes: the order in which the groups of a layer are drawn."""
    return (style.default, *(each.symbol for each in _reachable_classes(style)))


def place_finder(style: Style) -> Callable[[str | None], int]:
    """Value of the class column → place of its symbol in `list_symbols`; each value is looked up once."""
    symbols = list_symbols(style)
    known: dict[str | None, int] = {}

    def find(value: str | None) -> int:
        if value not in known:
            found = style.find_class(value)
            known[value] = symbols.index(found.symbol) if found else 0
        return known[value]

    return find


def choose(style: Style, pick: Callable[[int], Expression]) -> Expression:
    """The value for each feature; `pick` answers for the place of a symbol in `list_symbols`.

    A plain value when every symbol gets the same.
    """
    default = pick(0)
    chosen = [(each.value, pick(place)) for place, each in enumerate(_reachable_classes(style), start=1)]
    if style.by is None or all(value == default for _, value in chosen):
        return default
    text = ["to-string", ["get", style.by]]
    if style.match == "exact":
        return _guard(style.by, _match(text, chosen, default), chosen, default)
    found = default
    for length in sorted({len(value) for value, _ in chosen}):
        of_length = [(value, what) for value, what in chosen if len(value) == length]
        found = _match(["slice", text, 0, length], of_length, found)
    return found


def _reachable_classes(style: Style) -> tuple[Class, ...]:
    """The classes a feature can be in: of two with one value the later, and no prefix of no letters."""
    by_value = {each.value: each for each in style.classes}
    return tuple(each for each in by_value.values() if each.value or style.match == "exact")


def _match(text: Expression, chosen: Iterable[tuple[str, Expression]], default: Expression) -> Expression:
    """One `match`, in which values with the same outcome share a branch."""
    branches: dict[str, tuple[list[str], Expression]] = {}
    for value, what in chosen:
        branches.setdefault(repr(what), ([], what))[0].append(value)
    return ["match", text, *(part for branch in branches.values() for part in branch), default]


def _guard(
    by: str, match: Expression, chosen: Iterable[tuple[str, Expression]], default: Expression
) -> Expression:
    """A class for the empty text must not catch features without a value, which read as the empty text too."""
    if all(value for value, _ in chosen):
        return match
    return ["case", ["has", by], match, default]

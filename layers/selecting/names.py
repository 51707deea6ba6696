"""Selected parcels as addresses write them: `9001:123/4,124;9002:5`, cadastral municipality by municipality.

The same text stands in links to a view (docs/permalink.md). A number that holds a comma or semicolon cannot be
written so; land registers have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable

# So many parcels are answered at once; by their numbers they still fit into one address.
MAX_SELECTED = 500

Name = tuple[str, str]


def parse_names(text: str) -> tuple[Name, ...]:
    """KO and number of each parcel, each once, in the order they came. Raises RequestError."""
    found: dict[Name, None] = {}
    for part in text.split(";"):
        ko, separator, numbers = part.partition(":")
        if not separator or not ko.strip() or not numbers.strip(", "):
            raise RequestError(
                "parcels", "write KO, a colon and numbers: 9001:123/4,124;9002:5", value=text[:100]
            )
        found |= {(ko.strip(), number.strip()): None for number in numbers.split(",") if number.strip()}
    if len(found) > MAX_SELECTED:
        raise RequestError("parcels", f"name at most {MAX_SELECTED} parcels at once")
    return tuple(found)


def write_names(names: Iterable[Name]) -> str:
    """The same text again, not yet quoted for a URL."""
    by_ko: dict[str, list[str]] = {}
    for ko, number in names:
        by_ko.setdefault(ko, []).append(number)
    return ";".join(f"{ko}:{','.join(numbers)}" for ko, numbers in by_ko.items())

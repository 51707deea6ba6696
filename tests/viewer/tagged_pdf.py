"""The structure of a tagged PDF, as a screen reader walks it."""

from __future__ import annotations

from typing import Any

import pikepdf


def find_elements(document: pikepdf.Pdf) -> list[Any]:
    """Every structure element, in the order in which it is read."""
    found: list[Any] = []

    def walk(element: Any) -> None:
        if not isinstance(element, pikepdf.Dictionary) or "/S" not in element:
            return
        found.append(element)
        children = element.get("/K", [])
        for each in children if isinstance(children, pikepdf.Array) else [children]:
            walk(each)

    roots = document.Root.StructTreeRoot.K
    for each in roots if isinstance(roots, pikepdf.Array) else [roots]:
        walk(each)
    return found

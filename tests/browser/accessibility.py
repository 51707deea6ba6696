"""What axe-core finds on a page: WCAG 2.2 AA and good practice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(page: Page) -> list[str]:
    """What axe finds, each as rule and element."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """(levels) => axe.run(document, {
            runOnly: { type: 'tag', values: levels }, rules: { 'focus-order-semantics': { enabled: true } },
        })
            .then(({ violations }) => violations)
            .then((all) => all.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)))""",
        LEVELS,
    )
    return [str(each) for each in found]

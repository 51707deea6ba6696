"""A reader without a pointer: goes through a page by Tab and sees all the time where the focus is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_MOST_STEPS = 150

# What has the focus, and whether that is seen: on the screen, not under something else, and with a ring of its
# own, of its label, or, for the map, with its frame.
_FOCUS = """(wanted) => {
    const at = document.activeElement;
    const { left, top, width, height } = at.getBoundingClientRect();
    const shown = at.closest('label') ?? at;
    const box = shown.getBoundingClientRect();
    const clip = (from, size, room) => (Math.max(from, 0) + Math.min(from + size, room)) / 2;
    const [x, y] = [clip(box.left, box.width, innerWidth), clip(box.top, box.height, innerHeight)];
    const met = document.elementFromPoint(x, y);
    const hasRing = (each) => {
        const style = getComputedStyle(each);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    };
    const crosshair = document.querySelector('.stage__crosshair');
    return {
        isThere: at.matches(wanted),
        isLost: at === document.body,
        isCovered: !met || !(shown.contains(met) || met.contains(shown)),
        hasRing: at.id === 'map' ? crosshair.checkVisibility() : hasRing(at) || hasRing(shown),
        name: `${at.localName}#${at.id}.${at.className} "${at.textContent.trim().slice(0, 30)}"`,
    };
}"""


@dataclass
class Keyboard:
    """Presses keys on a page, and nothing else. Fails when the focus is lost or cannot be seen."""

    page: Page

    def press(self, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Letter by letter."""
        self.page.keyboard.type(text)

    def go_to(self, selector: str, *, backwards: bool = False) -> None:
        """By Tab until an element that `selector` matches has the focus."""
        for _ in range(_MOST_STEPS):
            self.press("Shift+Tab" if backwards else "Tab")
            found = self.page.evaluate(_FOCUS, selector)
            # Past the last element the focus is in the browser itself, and comes back with the next press.
            if found["isLost"]:
                continue
            assert not found["isCovered"], f"covered: {found['name']}"
            assert found["hasRing"], f"no ring: {found['name']}"
            if found["isThere"]:
                return
        msg = f"Tab never came to {selector}"
        raise AssertionError(msg)

    def has_focus(self, selector: str) -> bool:
        """Whether the focus is there now; waits a moment, for panels take it when they have come."""
        self.page.wait_for_function("wanted => document.activeElement.matches(wanted)", arg=selector)
        return True

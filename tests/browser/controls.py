"""What is wrong with the controls and texts of a page: too small, covered, cut off, sticking out, unseen.

Each answers descriptions of what it found, so that a failing test names them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Shared by all: what is seen, how it is called in a message, and all that can be pressed or filled in.
_COMMON = """
const isSeen = (each) => {
    if (!each.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return false;
    const { width, height } = each.getBoundingClientRect();
    return width > 1.5 && height > 1.5 && !each.closest('.visually-hidden, .skip, [inert]');
};
const describe = (each) => {
    const { width, height } = each.getBoundingClientRect();
    const text = (each.getAttribute('aria-label') ?? each.textContent ?? '').trim().slice(0, 40);
    const name = each.className.baseVal ?? each.className;
    return `${each.localName}.${name} "${text}" ${Math.round(width)}x${Math.round(height)}`;
};
const CONTROLS = 'a[href], button, input, select, textarea, summary, [role=option], [tabindex="0"]';
const controls = () => [...document.querySelectorAll(CONTROLS)]
    .map((each) => (each.matches('[type=checkbox], [type=radio]') ? each.closest('label') ?? each : each))
    .filter((each, at, all) => all.indexOf(each) === at && isSeen(each) && !each.disabled)
    .filter((each) => each.namespaceURI !== 'http://www.w3.org/2000/svg');
"""


def small_targets(page: Page, least: int = 44) -> list[str]:
    """Controls that a finger misses. Links within a sentence may be as high as its line (WCAG 2.2, 2.5.8)."""
    return _find(
        page,
        """const isInText = (each) => each.localName === 'a' && getComputedStyle(each).display === 'inline';
        return controls().filter((each) => !isInText(each)).filter((each) => {
            const { width, height } = each.getBoundingClientRect();
            return Math.round(width) < given || Math.round(height) < given;
        }).map(describe);""",
        least,
    )


def covered_controls(page: Page) -> list[str]:
    """Controls whose middle belongs to something else, once they are scrolled to."""
    return _find(
        page,
        """return controls().filter((each) => each.id !== 'map').filter((each) => {
            each.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
            const { left, top, width, height } = each.getClientRects()[0];
            const met = document.elementFromPoint(left + width / 2, top + height / 2);
            return !met || !(each.contains(met) || met.contains(each));
        }).map(describe);""",
    )


def cut_texts(page: Page) -> list[str]:
    """Texts that their own box hides a part of, or that stick out of the window for good."""
    return _find(
        page,
        """const scrolls = (each) => ['auto', 'scroll'].includes(getComputedStyle(each).overflowX);
        const inScroller = (each) => each && (scrolls(each) || inScroller(each.parentElement));
        const isText = ({ nodeType, data }) => nodeType === 3 && data.trim();
        const hasText = (each) => [...each.childNodes].some(isText);
        const isCut = (each) => {
            const style = getComputedStyle(each);
            const hides = (value) => value === 'hidden' || value === 'clip';
            const more = each.scrollWidth - each.clientWidth;
            const taller = each.scrollHeight - each.clientHeight;
            if ((hides(style.overflowX) && more > 1) || (hides(style.overflowY) && taller > 2)) return true;
            const { left, right } = each.getBoundingClientRect();
            return (left < -1 || right > innerWidth + 1) && !inScroller(each);
        };
        return [...document.body.querySelectorAll('*')]
            .filter((each) => hasText(each) && isSeen(each) && !each.closest('script, noscript, svg, select'))
            .filter(isCut).map(describe);""",
    )


def sideways_room(page: Page) -> int:
    """Pixels that the page can be scrolled sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def unseen_controls(page: Page) -> list[str]:
    """Controls whose text or drawing has the colour of what is behind it, or that nothing shows at all."""
    return _find(
        page,
        """const opaque = (colour) => !/^rgba\\(.*, 0\\)$|^transparent$|\\/ 0\\)$/.test(colour);
        const behind = (each) => {
            for (let at = each; at; at = at.parentElement) {
                const { backgroundColor } = getComputedStyle(at);
                if (opaque(backgroundColor)) return backgroundColor;
            }
            return 'rgb(255, 255, 255)';
        };
        const marks = (each) => {
            const style = getComputedStyle(each);
            const found = [];
            if (each.matches('input, select, textarea') || each.textContent.trim()) found.push(style.color);
            for (const line of each.querySelectorAll('path, circle')) found.push(getComputedStyle(line).stroke);
            for (const side of ['Top', 'Left']) {
                if (parseFloat(style[`border${side}Width`]) > 0) found.push(style[`border${side}Color`]);
            }
            return found;
        };
        const isMarked = (each) => marks(each).some((colour) => opaque(colour) && colour !== behind(each));
        return controls().filter((each) => each.id !== 'map' && !isMarked(each)).map(describe);""",
    )


def _find(page: Page, script: str, given: Any = None) -> list[str]:
    found: list[str] = page.evaluate(f"(given) => {{ {_COMMON} {script} }}", given)
    return found

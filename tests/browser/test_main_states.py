"""Every main state of the viewer, as people see it who need more than most.

By axe, by finger, with large texts, in a narrow window, and in the colours of their system.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import faults
from tests.browser.controls import (
    covered_controls,
    cut_texts,
    sideways_room,
    small_targets,
    unseen_controls,
)
from tests.browser.looking import DESKTOP, PHONE
from tests.browser.main_states import STATES, enter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from playwright.sync_api import Page

    from tests.browser.looking import Watch
    from tests.browser.main_states import MainState

pytestmark = [pytest.mark.browser, pytest.mark.database]

NARROWEST = {"width": 320, "height": 640}
# Those that no other test of this folder shows to axe, for the twin that is always run.
FEW = {"phone": ("meant", "failing", "sharing"), "desktop": ("layer", "gone", "measuring")}


@dataclass(frozen=True)
class Look:
    """How a reader's device shows pages."""

    device: str
    scheme: str

    @property
    def options(self) -> dict[str, object]:
        """What a page is opened with."""
        size = PHONE if self.device == "phone" else DESKTOP
        return {"viewport": size, "has_touch": self.device == "phone", "color_scheme": self.scheme}


def find_faults(page: Page, state: MainState, look: Look) -> dict[str, list[str]]:
    """What is wrong in a state as it is, in forced colours, with texts twice as large, and when narrow."""
    found = {"axe": faults(page), **_find_shape_faults(page, state, "")}
    if look.device == "phone":
        found["small"] = small_targets(page)
    page.emulate_media(forced_colors="active")
    found["unseen in forced colours"] = unseen_controls(page)
    page.emulate_media(forced_colors="none")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found |= _find_shape_faults(page, state, " with large texts")
    page.evaluate("document.documentElement.style.fontSize = ''")
    if look.device == "phone":
        page.set_viewport_size(NARROWEST)
        found |= _find_shape_faults(page, state, " when narrow")
        page.set_viewport_size(PHONE)
    return {f"{state.name}: {kind}": wrong for kind, wrong in found.items() if wrong}


def _find_shape_faults(page: Page, state: MainState, when: str) -> dict[str, list[str]]:
    page.wait_for_timeout(150)
    room = sideways_room(page)
    return {
        f"sideways{when}": [f"{room} pixels"] if room else [],
        f"cut{when}": cut_texts(page),
        f"covered{when}": [] if state.covers else covered_controls(page),
    }


def look_at(
    open_page: Callable[..., Page], watch: Watch, look: Look, states: Iterable[MainState]
) -> dict[str, list[str]]:
    """What is wrong in the states, one after the other in one page."""
    page = open_page(**look.options)
    address = page.evaluate("location.origin")
    found: dict[str, list[str]] = {}
    for state in states:
        enter(page, state, address)
        found |= find_faults(page, state, look)
    page.unroute_all(behavior="ignoreErrors")
    # What is gone answers 404, and the console tells.
    watch.faults[:] = [fault for fault in watch.faults if "404" not in fault]
    return found


@pytest.mark.parametrize("look", [Look("phone", "dark"), Look("desktop", "light")])
def test_states_that_are_seldom_seen_serve_everyone(
    open_page: Callable[..., Page], watch: Watch, look: Look
) -> None:
    """Nothing for axe; nothing too small, covered, cut off or unseen; no sideways scrolling."""
    states = [each for each in STATES if each.name in FEW[look.device]]

    assert len(states) == len(FEW[look.device])
    assert look_at(open_page, watch, look, states) == {}


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_every_main_state_serves_everyone(
    open_page: Callable[..., Page], watch: Watch, device: str, scheme: str
) -> None:
    """The same of all of them, in both schemes and on both devices."""
    assert look_at(open_page, watch, Look(device, scheme), STATES) == {}

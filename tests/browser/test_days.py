"""The days of a citizen, a planner and a phone user on the sample, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.days import walk_citizen, walk_phone, walk_planner
from tests.browser.towns import Town

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from playwright.sync_api import Page

    Walk = Callable[[Town, Callable[..., Page]], None]

pytestmark = [pytest.mark.browser, pytest.mark.database]


@pytest.mark.parametrize(("walk", "language"), [(walk_citizen, "sl"), (walk_planner, "en"), (walk_phone, "sl")])
def test_a_day_on_the_sample(
    walk: Walk, language: str, app: Flask, address: str, open_url: Callable[..., Page]
) -> None:
    """Every step of the day does what its reader expects, without an error, a report or a fault of axe."""
    walk(Town(app.test_client(), address, language), open_url)


@pytest.mark.slow
@pytest.mark.parametrize(("walk", "language"), [(walk_citizen, "en"), (walk_planner, "sl"), (walk_phone, "en")])
def test_a_day_on_the_sample_in_the_other_language(
    walk: Walk, language: str, app: Flask, address: str, open_url: Callable[..., Page]
) -> None:
    """The same days with Slovenian and English the other way round."""
    walk(Town(app.test_client(), address, language), open_url)

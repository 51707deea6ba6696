"""Pictures on the disk: given again while nothing changes, never after a publication or a withdrawal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.viewer.pictures.conftest import box, find
from tiles.picture_store import PictureStore, State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.tiles.conftest import Workshop
    from viewer.pictures.pictures import Picture, Pictures

pytestmark = pytest.mark.database
WHOLE = b"\x89PNG something IEND\xaeB`\x82"


def files(folder: Path) -> list[Path]:
    """Kept pictures."""
    return sorted(folder.glob("pictures/pictures@*/*.png"))


def test_a_kept_picture_is_given_until_something_is_published(
    make_pictures: Callable[..., Pictures],
    picture: Callable[..., Picture],
    workshop: Workshop,
    tmp_path: Path,
) -> None:
    """Also by another process; the new one replaces it, and the old one is gone from the disk."""
    workshop.publish("a", [box(100, 60)], style={"default": {"fill": "#0000ff"}})
    first = picture(make_pictures())
    (kept,) = files(tmp_path)
    written = kept.stat().st_mtime_ns
    second = picture(make_pictures())

    workshop.publish("a", [box(100, 60)], style={"default": {"fill": "#00aa00"}})
    third = picture(make_pictures())

    assert (first.name, first.content) == (second.name, second.content)
    assert third.name != first.name
    assert find(third.content, "#0000ff") is None
    assert find(third.content, "#00aa00") is not None
    assert written
    assert kept not in files(tmp_path)


def test_what_was_withdrawn_is_on_no_picture(
    make_pictures: Callable[..., Pictures],
    picture: Callable[..., Picture],
    workshop: Workshop,
    tmp_path: Path,
) -> None:
    """Not even on the disk."""
    workshop.publish("b", [box(40, 40)], style={"default": {"fill": "#ffee00"}})
    pictures = make_pictures()
    shown = picture(pictures)
    before = files(tmp_path)

    workshop.withdraw("b")
    after = picture(pictures)

    assert find(shown.content, "#ffee00") is not None
    assert find(after.content, "#ffee00") is None
    assert before
    assert [each for each in before if each.exists()] == []


def test_a_torn_picture_is_made_anew(
    make_pictures: Callable[..., Pictures],
    picture: Callable[..., Picture],
    workshop: Workshop,
    tmp_path: Path,
) -> None:
    """As a power cut leaves it."""
    workshop.publish("a", [box(100, 60)])
    workshop.publish("b", [box(10, 10)])
    whole = picture(make_pictures())
    (kept,) = files(tmp_path)
    kept.write_bytes(whole.content[:-20])

    again = picture(make_pictures())

    assert again.content == whole.content
    assert kept.read_bytes() == whole.content


def test_the_disk_is_not_needed(
    workshop: Workshop, make_pictures: Callable[..., Pictures], picture: Callable[..., Picture], tmp_path: Path
) -> None:
    """A file where the folder should be: pictures all the same."""
    workshop.publish("a", [box(100, 60)])
    workshop.publish("b", [box(10, 10)])
    (tmp_path / "pictures").write_text("in the way")

    assert picture(make_pictures()).missing == ()


def test_the_budget_holds(tmp_path: Path) -> None:
    """Those used least go first."""
    store = PictureStore(tmp_path, 64 * 1024)
    state = State("0" * 16, frozenset())
    picture = b"\0" * 8000 + WHOLE
    for number in range(40):
        store.keep(state, f"{number:032x}", picture)
        path = tmp_path / f"pictures@{state.name}" / f"{number:032x}.png"
        if path.exists():
            os.utime(path, (1_000_000 + number, 1_000_000 + number))

    left = sorted(tmp_path.glob("pictures@*/*.png"))
    assert sum(each.stat().st_size for each in left) <= 80 * 1024
    assert store.find(state, f"{39:032x}") == picture
    assert store.find(state, f"{0:032x}") is None

"""What is no file, or may not be read, is refused in a sentence before anything waits for it or opens it."""

from __future__ import annotations

import os
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gis.errors import SourceError
from layers.introspect import inspect_source
from layers.reading.staging import stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOBODY = 65_534


@contextmanager
def without_privileges() -> Iterator[None]:
    """Root may read everything; for a moment this process is nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that anybody may enter and write to, as pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.fixture(params=["inspect", "import"])
def refusal(request: pytest.FixtureRequest, place: Path) -> Callable[[Path], str]:
    """Gives a source to `inspect` or to the first step of `import`; the sentence it is refused with."""

    def begin(source: Path) -> None:
        if request.param == "inspect":
            inspect_source(source, home=place / "home")
        else:
            (place / "staging").mkdir(exist_ok=True)
            stage(source, "shapefile", place / "staging")

    def refuse(source: Path) -> str:
        with pytest.raises(SourceError) as caught, without_privileges():
            begin(source)
        return caught.value.sentence.removeprefix(f"{source.name}: ")

    return refuse


def make_pipe(path: Path) -> None:
    """A pipe that nobody writes to."""
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    """A socket that nobody listens at."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Path.mkdir, "'areas.shp' is a folder, not a file."),
        (make_pipe, "'areas.shp' is a pipe, not a file."),
        (make_socket, "'areas.shp' is a socket, not a file."),
        (lambda path: path.symlink_to("/dev/zero"), "'areas.shp' is a device, not a file."),
        (lambda path: path.symlink_to(path), "'areas.shp' may not be read by this user."),
        (lambda path: path.symlink_to("nothing"), "There is no file 'areas.shp'"),
    ],
)
def test_what_is_no_file(
    refusal: Callable[[Path], str], place: Path, monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], Any], words: str,
) -> None:  # fmt: skip
    """A pipe is not waited for, a device not read without end."""
    monkeypatch.chdir(place)
    make(Path("areas.shp"))

    assert words in refusal(Path("areas.shp"))


def test_a_file_nobody_may_read(refusal: Callable[[Path], str], place: Path) -> None:
    """Whose it is has to allow it; no error of the system comes through."""
    (place / "areas.shp").write_bytes(b"x")
    (place / "areas.shp").chmod(0o000)

    assert "'areas.shp' may not be read by this user. Ask its owner to allow it." in refusal(
        place / "areas.shp"
    )


def test_a_part_nobody_may_read(
    refusal: Callable[[Path], str], place: Path, write_source: Callable[..., Path]
) -> None:
    """Each part of a shapefile is looked at, and the one that is closed is named, not the home."""
    source = write_source(place / "areas.shp", [])
    (place / "areas.dbf").chmod(0o000)

    assert "'areas.dbf' may not be read by this user." in refusal(source)


def test_a_folder_nobody_may_enter(refusal: Callable[[Path], str], place: Path) -> None:
    """A folder that may not be entered hides the file; one that may not be listed hides its other parts."""
    source = place / "closed" / "areas.shp"
    source.parent.mkdir()
    source.write_bytes(b"x")
    source.parent.chmod(0o000)
    closed = refusal(source)
    source.parent.chmod(0o711)
    unlisted = refusal(source)
    source.parent.chmod(0o755)

    assert "'areas.shp' may not be read by this user." in closed
    assert "may not be looked through by this user" in unlisted


def test_parts_that_differ_in_case(
    refusal: Callable[[Path], str], place: Path, write_source: Callable[..., Path]
) -> None:
    """Which of two tables belongs to the shapes is not guessed."""
    source = write_source(place / "p.shp", [])
    (place / "P.DBF").write_bytes((place / "p.dbf").read_bytes())

    assert "The .dbf part of 'p.shp' is there twice: 'P.DBF', 'p.dbf'. Keep the right one" in refusal(source)


def test_a_name_in_another_encoding(refusal: Callable[[Path], str], place: Path) -> None:
    """A name that Windows wrote in cp1250 cannot stand in a manifest or in the history."""
    source = Path(os.fsdecode(os.fsencode(place) + b"/obmo\xe8ja.shp"))
    source.write_bytes(b"x")

    assert "is not written in UTF-8. Rename the file." in refusal(source)

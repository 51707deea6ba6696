"""Where an embedded cluster lies: in its home, outside a locked one, and never past a socket's 107 bytes."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gis.cluster_places import SOCKET_NAME, check_owner, find_places, find_programs, find_user
from gis.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the cluster as another user")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder everybody may enter."""
    made = Path(tempfile.mkdtemp(prefix=f"prostor-test-{os.getpid()}-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def test_lies_in_the_home(folder: Path) -> None:
    """A home that may be entered holds data and socket."""
    places = find_places(folder / "var")

    assert places.root == folder / "var" / "cluster"
    assert places.socket_folder == places.root / "socket"


def test_long_path_gets_a_short_socket(folder: Path) -> None:
    """A home deep in the tree has its socket in a short folder, the same one each time."""
    home = folder.joinpath(*["deep" * 10] * 4)

    places = find_places(home)

    assert len(os.fsencode(places.socket_folder / SOCKET_NAME)) <= 107
    assert places.socket_folder == find_places(home).socket_folder
    assert len(places.socket_folder.parts) == 3


def test_odd_characters_get_a_plain_socket(folder: Path) -> None:
    """A comma in the home would split PostgreSQL's list of folders, so the socket lies elsewhere."""
    places = find_places(folder / "Črna, vas")

    assert places.root.parent == folder / "Črna, vas"
    assert "," not in str(places.socket_folder)


@as_root
def test_locked_home_puts_the_data_outside(folder: Path) -> None:
    """When the cluster's user may not enter the home, the data lies in the system's folder."""
    locked = folder / "locked"
    locked.mkdir(mode=0o700)

    places = find_places(locked / "var", system_data=folder / "system")

    assert places.root.parent == folder / "system"
    assert places.home == locked / "var"


@as_root
def test_home_locked_later_is_told_and_not_forgotten(folder: Path) -> None:
    """A cluster whose home was locked afterwards is not replaced by an empty one elsewhere."""
    data = folder / "locked" / "cluster" / "data"
    data.mkdir(parents=True)
    (folder / "locked").chmod(0o700)

    with pytest.raises(ConfigurationError, match="may no longer enter"):
        find_places(folder / "locked", system_data=folder / "system")


@as_root
def test_home_opened_later_keeps_its_data_outside(folder: Path) -> None:
    """A cluster made outside a locked home stays the one that is used after the home was opened."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    outside = find_places(home, system_data=folder / "system")
    outside.data.mkdir(parents=True)
    home.chmod(0o755)

    assert find_places(home, system_data=folder / "system").root == outside.root


@as_root
def test_root_runs_a_cluster_as_its_owner(folder: Path) -> None:
    """A cluster an ordinary user made goes on as that user's when root starts it."""
    data = folder / "cluster" / "data"
    data.mkdir(parents=True)
    os.chown(data, 1, 1)

    assert find_places(folder).user.name == "daemon"


def test_home_that_is_a_file_is_told(folder: Path) -> None:
    """A home that cannot be made is named, with the setting that moves it."""
    (folder / "file").write_text("", encoding="utf-8")

    with pytest.raises(ConfigurationError, match="PROSTOR_HOME"):
        find_places(folder / "file" / "var")


def test_folder_of_another_user_is_refused(folder: Path) -> None:
    """A socket folder somebody else put there is not used, nor a link in its place."""
    link = folder / "link"
    link.symlink_to(folder)
    user = find_user(folder / "data")

    with pytest.raises(ConfigurationError, match="another user"):
        check_owner(Path("/"), user)
    with pytest.raises(ConfigurationError, match="another user"):
        check_owner(link, user)


def test_missing_version_names_the_packages() -> None:
    """A cluster made by a PostgreSQL that is gone says which packages bring it back."""
    with pytest.raises(ConfigurationError, match="apt-get install postgresql-99 postgresql-99-postgis-3"):
        find_programs(99)

"""The wheel is whole: built, installed in a clean environment, it serves the viewer from there."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.database import Database

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a clean environment with our wheel and the locked packages in it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    clean = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(clean)], check=True, capture_output=True)
    # Compiling every module would take longer than all the rest.
    pip = [sys.executable, "-m", "pip", "--python", str(clean), "install", "-q", "--no-compile"]
    lock = str(ROOT / "requirements" / "run.txt")
    subprocess.run([*pip, "--require-hashes", "-r", lock], check=True, capture_output=True)
    wheel = next(folder.glob("prostor-*.whl"))
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, capture_output=True)
    return clean / "bin"


@pytest.fixture
def address(installed: Path, sample_database: Database, tmp_path: Path) -> Iterator[str]:
    """The address of a Prostor that runs from the wheel, far from this checkout, on the sample."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    urls = sample_database.urls
    environment = {
        "PATH": os.environ["PATH"],
        "PROSTOR_HOME": str(tmp_path / "home"),
        "PROSTOR_DATABASE_URL": urls.reader,
        "PROSTOR_LOADER_URL": urls.loader,
        "PROSTOR_OWNER_URL": urls.owner,
        "PROSTOR_PORT": str(port),
        "PROSTOR_WORKERS": "1",
    }
    log = tmp_path / "serve.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(installed / "prostor"), "serve"],
            cwd=tmp_path,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(server, f"http://127.0.0.1:{port}", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_until_ready(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            pytest.fail(f"the server from the wheel ended: {log.read_text(encoding='utf-8')}")
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail("the server from the wheel never became ready")


def _read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        text: str = answer.read().decode("utf-8")
        return text


@pytest.mark.slow
def test_the_wheel_serves_the_viewer(address: str) -> None:
    """From the wheel alone come the page, each module it preloads, its style sheets and the data."""
    page = _read(f"{address}/")
    parts = re.findall(r'<link[^>]+href="(/static/[^"]+)"', page)

    assert len(parts) >= 5
    for part in parts:
        if not part.endswith(".woff2"):
            assert _read(f"{address}{part}")
    assert '"parcels"' in _read(f"{address}/layers")

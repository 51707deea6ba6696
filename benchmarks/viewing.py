"""The viewer in Debian's chromium, drawn by the processor: first map, panning, memory, weight.

    python -m benchmarks.viewing [--parcels 100000] [--lines 30000] [--loads 7] [--pans 200]

Parcels coloured by use and labelled, and utility lines, are imported into a private PostGIS and served by
`prostor serve`. The first map is there when the page says it is ready and no tile of the view is on its way. A
pan is a drag of the mouse across the map; a frame is the time between two calls of `requestAnimationFrame`. A
machine without a graphics card draws what a card would draw otherwise, so these figures are the slow end.
"""

from __future__ import annotations

import argparse
import math
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from benchmarks.parcels import CORNER, LOT, side_of, write_parcels
from benchmarks.private_cluster import private_cluster
from benchmarks.serving.geopackages import write_lines
from benchmarks.serving.portal import PARCELS, UTILITIES, write_portal
from benchmarks.serving.processes import Processes, free_port
from benchmarks.serving.stage import Stage
from gis.database import Database
from gis.provision import provision
from layers.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser, CDPSession, Page

    from gis.cluster import EmbeddedCluster

_PROGRAM = "from prostor.commands import main; main()"
_SIZE = {"width": 1280, "height": 800}
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PAN_STEPS = 24
_PAN_PIXELS = 360
_WARM_PANS = 20
_STYLE = """\
[style]
by = "land_use"
default = { fill = "#efe9e0", line = "#94765c", line_width = 0.7 }
label = { column = "number", size = 11, colour = "#4a3524", max_metres_per_pixel = 0.6 }

[[style.classes]]
value = "gozd"
title = { sl = "gozd" }
symbol = { fill = "#a5c98f", line = "#94765c", line_width = 0.7 }

[[style.classes]]
value = "njiva"
title = { sl = "njiva" }
symbol = { fill = "#fbf3bd", line = "#94765c", line_width = 0.7 }

[[style.classes]]
value = "vinograd"
title = { sl = "vinograd" }
symbol = { fill = "#f2b78c", line = "#94765c", hatch = { colour = "#7a5c2e", spacing = 8, width = 1 } }
"""
# When the view is whole: told by the page itself, so that asking does not slow it.
_WATCH_FOR_WHOLE_MAP = """
    const look = () => {
        const tiles = [...document.querySelectorAll('canvas.leaflet-tile')];
        const whole = document.body?.classList.contains('is-ready') && tiles.length > 0
            && tiles.every((tile) => tile.classList.contains('leaflet-tile-loaded'));
        if (whole) window.wholeMapAfter = performance.now();
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
"""
_WATCH_FRAMES = """() => {
    window.frames_seen = [];
    let before = performance.now();
    const look = (now) => {
        window.frames_seen.push(now - before);
        before = now;
        window.frame_watch = requestAnimationFrame(look);
    };
    window.frame_watch = requestAnimationFrame(look);
}"""
_STOP_FRAMES = "() => { cancelAnimationFrame(window.frame_watch); return window.frames_seen; }"


@dataclass(frozen=True)
class Panned:
    """Milliseconds of each frame while the map was dragged, and memory in megabytes after so many pans."""

    frames: tuple[float, ...]
    memory: dict[int, float]

    def quantile(self, share: float) -> float:
        """The frame time that this share of the frames did not exceed."""
        ordered = sorted(self.frames)
        return ordered[min(round(share * len(ordered)), len(ordered) - 1)]


def main() -> None:
    """Lay out the land, serve it, look at it, and print one line for each measurement."""
    given = _read_arguments()
    with _serving(given) as address, sync_playwright() as driver:
        chromium = shutil.which("chromium") or sys.exit("This needs Debian's chromium.")
        browser = driver.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        view = f"{address}/?at={_middle(given.parcels)}"
        _load(browser, f"{view}&mpp=1", rate=1)
        _measure_loads(browser, view, given.loads)
        _measure_pans(browser, view, given.pans)
        browser.close()


def _measure_loads(browser: Browser, view: str, loads: int) -> None:
    for mpp in (4, 1, 0.25):
        for rate, machine in ((1, "desktop"), (4, "CPU ÷ 4")):
            times = [_load(browser, f"{view}&mpp={mpp}", rate=rate) for _ in range(loads)]
            _say(
                f"first whole map at {mpp} m per pixel, {machine}: median {median(times):.0f} ms, "
                f"longest {max(times):.0f} ms"
            )


def _measure_pans(browser: Browser, view: str, pans: int) -> None:
    for mpp in (2, 0.5):
        panned = _pan(browser, f"{view}&mpp={mpp}", pans)
        memory = ", ".join(f"{size:.1f} MB after {count}" for count, size in panned.memory.items())
        _say(
            f"{pans} pans at {mpp} m per pixel: frame p50 {panned.quantile(0.5):.1f} ms, "
            f"p95 {panned.quantile(0.95):.1f} ms, longest {max(panned.frames):.0f} ms; script memory {memory}"
        )


@contextmanager
def _serving(given: argparse.Namespace) -> Iterator[str]:
    with private_cluster() as (cluster, folder):
        processes = Processes(folder, "prostor")
        try:
            stage = _import_all(cluster, folder, given)
            port = free_port()
            environment = {**stage.environment(folder / "home"), "PROSTOR_PORT": str(port)}
            processes.start([sys.executable, "-c", _PROGRAM, "serve"], environment)
            processes.await_port(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            processes.stop()


def _import_all(cluster: EmbeddedCluster, folder: Path, given: argparse.Namespace) -> Stage:
    """The two layers by the command a clerk gives, parcels with colours and labels."""
    urls = provision(cluster, "bench")
    database = Database(urls)
    migrate(database)
    database.dispose()
    head = PARCELS.manifest.partition("[style]")[0]
    layers = (replace(PARCELS, manifest=head + _STYLE), UTILITIES)
    sources = {each.id: folder / f"{each.id}.gpkg" for each in layers}
    write_parcels(sources["parcels"], given.parcels)
    write_lines(sources["utilities"], given.lines, side_of(given.parcels))
    write_portal(folder / "portal", layers, sources)
    stage = Stage(folder, urls, layers, {}, cluster)
    for layer in layers:
        manifest = stage.portal / "layers" / f"{layer.id}.toml"
        done = subprocess.run(  # noqa: S603  words of ours
            [sys.executable, "-c", _PROGRAM, "layer", "import", str(manifest)],
            env=stage.environment(folder / "home"),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"Importing {layer.id} failed:\n{done.stdout}{done.stderr}")
    return stage


def _middle(parcels: int) -> str:
    """East and north of the middle of the parcels."""
    side = side_of(parcels)
    return f"{CORNER[0] + side * LOT[0] / 2:.1f},{CORNER[1] + side * LOT[1] / 2:.1f}"


def _load(browser: Browser, address: str, *, rate: int) -> float:
    """Milliseconds until the map is whole, in a browser that has never been here."""
    with _opened(browser) as (page, session):
        page.add_init_script(_WATCH_FOR_WHOLE_MAP)
        session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
        page.goto(address, wait_until="commit")
        page.wait_for_function("() => window.wholeMapAfter !== undefined", timeout=120_000)
        return float(page.evaluate("window.wholeMapAfter"))


def _pan(browser: Browser, address: str, pans: int) -> Panned:
    """Drag the map round and round a circle, counting frames and now and then the memory."""
    with _opened(browser) as (page, session):
        page.goto(address)
        page.wait_for_selector("body.is-ready")
        page.wait_for_timeout(1500)
        memory: dict[int, float] = {}
        page.evaluate(_WATCH_FRAMES)
        for count in range(1, pans + 1):
            _drag(page, count)
            if count in _milestones(pans):
                memory[count] = _memory(session)
        frames = page.evaluate(_STOP_FRAMES)
    return Panned(tuple(float(each) for each in frames), memory)


def _drag(page: Page, count: int) -> None:
    """One drag; eight of them, each an eighth of a turn further, come back to where they began."""
    angle = count * math.pi / 4
    east, north = math.cos(angle), math.sin(angle)
    x, y = 820 - east * _PAN_PIXELS / 2, 410 - north * _PAN_PIXELS / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, _PAN_STEPS + 1):
        way = _PAN_PIXELS * step / _PAN_STEPS
        page.mouse.move(x + east * way, y + north * way)
    page.mouse.up()
    page.wait_for_timeout(120)


def _milestones(pans: int) -> Sequence[int]:
    return (min(_WARM_PANS, pans), pans // 2, pans)


def _memory(session: CDPSession) -> float:
    """Megabytes of script objects after collecting garbage."""
    session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize")) / 1e6


@contextmanager
def _opened(browser: Browser) -> Iterator[tuple[Page, CDPSession]]:
    context = browser.new_context(viewport=_SIZE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    try:
        yield page, session
    finally:
        context.close()


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=30_000)
    parser.add_argument("--loads", type=int, default=7)
    parser.add_argument("--pans", type=int, default=200)
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

"""What every measured server has in common: it is found, started, asked by path, and stopped."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from benchmarks.serving.processes import Processes, free_port

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.serving.portal import BenchLayer
    from benchmarks.serving.stage import Stage

MERCATOR = "WebMercatorQuad"
NATIONAL = "SI-D96"
# Connections to PostGIS: Prostor has four per worker; every peer gets as many in all.
CONNECTIONS = 8


class Tile(NamedTuple):
    """One tile: grid, zoom, column from the west, row from the north."""

    grid: str
    z: int
    x: int
    y: int


class MissingError(Exception):
    """A server cannot be measured here; the sentence says why."""


@dataclass(frozen=True)
class Running:
    """How a server is to run: with its cache or without, how many workers, on which cores (any when empty)."""

    cached: bool = False
    workers: int = 2
    cores: str = ""


class Server(ABC):
    """One server over one source: `srid` names the peers' tables it reads, 3794 or 3857."""

    name: ClassVar[str]
    grids: ClassVar[tuple[str, ...]] = (MERCATOR,)
    has_cache: ClassVar[bool] = False
    sources: ClassVar[tuple[str, ...]] = ("3794", "3857")

    def __init__(self, stage: Stage, tools: Path, srid: str = "3794") -> None:
        self.stage = stage
        self.tools = tools
        self.srid = srid
        self.folder = stage.folder / "servers" / self.label.replace(" ", "-")
        self.port = 0
        self.processes = Processes(self.folder, "server")

    @property
    def label(self) -> str:
        """How tables name it."""
        return self.name if self.srid == "3794" else f"{self.name} {self.srid}"

    @property
    def roots(self) -> list[int]:
        """Its processes."""
        return self.processes.roots

    def start(self, running: Running) -> None:
        """Start it on a free port. Raises NotStartedError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._launch(running)
        self.processes.await_port(self.port)

    def stop(self) -> None:
        """End it."""
        self.processes.stop()

    @abstractmethod
    def find_version(self) -> str:
        """The version found on this machine. Raises MissingError."""

    @abstractmethod
    def path(self, layer: BenchLayer, tile: Tile) -> str:
        """The path and query of a tile."""

    @abstractmethod
    def _launch(self, running: Running) -> None:
        """Write the configuration and start the processes."""


def find_program(name: str, tools: Path, how: str) -> str:
    """A program in the tools' folder or on the path. Raises MissingError that says how to get it."""
    for place in (tools / "bin", tools / name / "bin"):
        if (place / name).is_file():
            return str(place / name)
    found = shutil.which(name)
    if found is None:
        raise MissingError(f"{name} is not here; {how}")
    return found

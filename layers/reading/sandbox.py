"""Running the reading child process: without network, with limits, ended at a deadline, its answer read back.

GDAL types a file by content and follows what it finds there, so nothing here trusts a file name. The child
sees an environment of our making, one driver, and a folder with fixed names; then it shuts itself in.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pydantic import TypeAdapter

import layers
from gis.errors import SourceError, UnavailableError
from gis.logs import logger
from layers.parts import Part
from layers.reading.child import ANSWER, NO_ROOM_STATUS
from layers.reading.drivers import skipped_drivers
from layers.reading.forkserver import Order
from layers.reading.readers import Reader, Readers
from layers.reading.report import Inspection, Progress, Reading, Refusal
from layers.reading.staging import NO_ROOM_SENTENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from layers.manifest import Format
    from layers.reading.job import ImportJob, InspectJob, Job

_log = logger("reading")
_NOWHERE = "http://127.0.0.1:9"
_ERROR_LOG = "errors.txt"
_SHOWN_ERROR_BYTES = 4000
_LONGEST_LINE = 2**16
_LONGEST_ANSWER = 2**28
_NOT_UNDERSTOOD = (
    "What the reader said cannot be understood. The file may be damaged; ask the provider for a new copy."
)


class _Message(Part):
    """A line of the child: how far it is, or the feature it begins to mend."""

    progress: Progress | None = None
    repairing: int | None = None


def run_import(job: ImportJob, progress: Callable[[Progress], None] | None = None) -> Reading:
    """Read a staged source in the child. Raises SourceError with the child's reason, or with how it ended."""
    answer = _run(job, job.manifest.source.format, progress)
    if not isinstance(answer, Reading):
        raise SourceError(_NOT_UNDERSTOOD)
    return answer


def run_inspection(job: InspectJob, progress: Callable[[Progress], None] | None = None) -> Inspection:
    """Inspect a staged source in the child. Raises SourceError as `run_import` does."""
    answer = _run(job, job.format, progress)
    if not isinstance(answer, Inspection):
        raise SourceError(_NOT_UNDERSTOOD)
    return answer


@lru_cache(maxsize=1)
def isolation() -> tuple[str, ...]:
    """The command that takes the network away: `unshare -n` for root, `-rn` for others.

    Empty where the machine allows neither, as in some containers: the kernel still gives the child no socket
    (`layers.reading.barriers`), and none of the allowed drivers asks for one. `prostor doctor` says so.
    """
    unshare = shutil.which("unshare")
    option = "-n" if os.geteuid() == 0 else "-rn"
    if unshare is not None:
        tried = subprocess.run([unshare, option, "true"], capture_output=True, check=False)  # noqa: S603  fixed words
        if tried.returncode == 0:
            return (unshare, option)
    _log.warning("reader_keeps_network", reason="unshare is missing or not allowed on this machine")
    return ()


readers = Readers(isolation)


def environment(kind: Format) -> dict[str, str]:
    """The whole environment of the child: nothing is inherited but where programs are found."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(layers.__file__).parents[1]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GDAL_SKIP": ",".join(skipped_drivers(kind)),
        "CPL_DEBUG": "OFF",
        "OGR_GEOJSON_MAX_OBJ_SIZE": "256",
        "OGR_SQLITE_LOAD_EXTENSIONS": "",
        "PROJ_NETWORK": "OFF",
        # GDAL fetches a CRS that a GeoJSON links to, whatever the drivers: that call ends where nobody listens.
        **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "GDAL_HTTP_PROXY"), _NOWHERE),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _run(job: Job, kind: Format, progress: Callable[[Progress], None] | None) -> Reading | Inspection:
    answer_path = job.folder / ANSWER
    with (job.folder / _ERROR_LOG).open("wb") as errors:
        reader = readers.start(Order(folder=job.folder, environment=environment(kind)), errors)
    deadline = _Deadline(reader, job.limits.wall_seconds)
    try:
        repairing = _converse(reader, job, progress)
    finally:
        deadline.cancel()
        reader.kill()
        status = reader.wait()
        reader.close()
    if status == 0 and answer_path.exists():
        return _read_answer(answer_path)
    _log.warning("reader_ended", status=status, errors=_last_errors(job.folder), repairing=repairing)
    if status == NO_ROOM_STATUS:
        raise UnavailableError(NO_ROOM_SENTENCE)
    raise SourceError(_sentence_for(status, repairing, job, timed_out=deadline.passed))


def _converse(reader: Reader, job: Job, progress: Callable[[Progress], None] | None) -> int | None:
    """Hand over the job and listen until the child is done; the feature whose repair it spoke of last."""
    repairing = None
    try:
        reader.stdin.write(job.model_dump_json().encode())
        reader.stdin.close()
    except BrokenPipeError:
        reader.wait()
        return None
    for message in _messages(reader.stdout):
        repairing = message.repairing
        if progress is not None and message.progress is not None:
            progress(message.progress)
    reader.wait()
    return repairing


def _messages(channel: IO[bytes]) -> Iterator[_Message]:
    """What the child says, line by line. A last line cut short is left out: how the child ended says more."""
    while line := channel.readline(_LONGEST_LINE):
        if not line.endswith(b"\n") and len(line) < _LONGEST_LINE:
            return
        try:
            yield _Message.model_validate_json(line)
        except ValueError as exc:
            raise SourceError(_NOT_UNDERSTOOD) from exc


def _read_answer(path: Path) -> Reading | Inspection:
    if path.stat().st_size > _LONGEST_ANSWER:
        raise SourceError(_NOT_UNDERSTOOD)
    try:
        answer: Reading | Inspection | Refusal = TypeAdapter[Reading | Inspection | Refusal](
            Reading | Inspection | Refusal
        ).validate_json(path.read_bytes())
    except ValueError as exc:
        raise SourceError(_NOT_UNDERSTOOD) from exc
    if isinstance(answer, Refusal):
        raise SourceError(answer.sentence)
    return answer


class _Deadline:
    """Kills the child's whole group when its time is over."""

    def __init__(self, reader: Reader, seconds: int) -> None:
        self._reader = reader
        self.passed = False
        self._timer = threading.Timer(seconds, self._kill)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """The child ended by itself."""
        self._timer.cancel()
        self._timer.join()

    def _kill(self) -> None:
        self.passed = True
        self._reader.kill()


def _sentence_for(status: int, repairing: int | None, job: Job, *, timed_out: bool) -> str:
    if timed_out:
        minutes = job.limits.wall_seconds // 60
        return f"Reading took longer than {minutes} minutes and was ended. Divide the source."
    if status == -signal.SIGALRM and repairing:
        return (
            f"Feature {repairing} is so broken that mending it took over {job.limits.repair_seconds} seconds. "
            "Mend it in the source."
        )
    if status == -signal.SIGXCPU:
        return "Reading took too much computing time and was ended. Divide the source into parts."
    if repairing:
        return f"The reader stopped while mending feature {repairing}. Mend it in the source."
    return (
        "The reader stopped in the middle of the file: it is damaged, or needs too much memory. Ask the "
        "provider for a new copy, or divide it."
    )


def _last_errors(folder: Path) -> str:
    path = folder / _ERROR_LOG
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _SHOWN_ERROR_BYTES, 0))
        return file.read(_SHOWN_ERROR_BYTES).decode(errors="replace")

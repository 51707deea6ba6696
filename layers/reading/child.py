"""What the reading child process does, from its start to its end.

It takes one job on standard input, limits itself and shuts itself in before any library of a file format is
loaded, speaks progress on standard output, and answers in `answer.json` of the staging folder. It is forked by
`layers.reading.forkserver`.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import sys

from pydantic import TypeAdapter

from gis.errors import ProstorError
from layers.reading.barriers import reaches_network, shut_in
from layers.reading.job import ImportJob, InspectJob, Job, Limits
from layers.reading.report import Inspection, Progress, Reading, Refusal
from layers.reading.staging import NO_ROOM

ANSWER = "answer.json"
# The status that says the staging folder's disk is full.
NO_ROOM_STATUS = 28
_NO_CELL = (
    "This machine does not keep the reader of strangers' files apart from network and other files, so nothing "
    "was read. Ask whoever runs it to look at what `prostor doctor` says about imports."
)
# More copies than this would wait for the one process that reads and parses.
_MOST_FORKS = 3


def main() -> int:
    """Read the job from standard input and do it. The status this process ends with."""
    _keep_channel()
    return answer_job(TypeAdapter[Job](Job).validate_json(sys.stdin.buffer.read()))


def answer_job(job: ImportJob | InspectJob) -> int:
    """Limit this process, shut it in, do the job, write the answer. The status to end with."""
    _limit(job.limits)
    try:
        answer = _shut_in(job) or _judge(job)
        (job.folder / ANSWER).write_text(answer.model_dump_json(), encoding="utf-8")
    except OSError as exc:
        if exc.errno not in NO_ROOM:
            raise
        # There may be no room for an answer either, so the status says it.
        return NO_ROOM_STATUS
    return 0


def _shut_in(job: ImportJob | InspectJob) -> Refusal | None:
    """Shut this process in; a refusal where too little of the cell stands for what has to be read.

    GDAL reads everything but CSV, and fetches what a file tells it to: without a network or not at all.
    """
    try:
        shut_in(job.folder)
    except OSError as exc:
        sys.stderr.write(f"a barrier was not put up: {exc}\n")
        return Refusal(sentence=_NO_CELL)
    kind = job.format if isinstance(job, InspectJob) else job.manifest.source.format
    return Refusal(sentence=_NO_CELL) if kind != "csv" and reaches_network() else None


def _judge(job: ImportJob | InspectJob) -> Reading | Inspection | Refusal:
    try:
        return _run(job)
    except ProstorError as exc:
        return Refusal(sentence=exc.sentence)
    except MemoryError:
        return Refusal(sentence="The source needs more memory than one import may use. Divide it into parts.")
    except OSError as exc:
        if exc.errno != errno.EFBIG:
            raise
        return Refusal(sentence="The source grows too large while it is read. Divide it into parts.")


def _run(job: ImportJob | InspectJob) -> Reading | Inspection | Refusal:
    # Imported here, after the limits: these load GDAL, GEOS and PROJ.
    if isinstance(job, InspectJob):
        from layers.reading.inspection import inspect_source  # noqa: PLC0415

        return inspect_source(job, _tell)
    from layers.reading.conversion import import_source  # noqa: PLC0415

    clock = _RepairClock(job.limits.repair_seconds)
    reading: Reading = import_source(job, _tell, clock.announce, forks=_spare_cores())
    return reading


def _spare_cores() -> int:
    """How many copies of this process may work beside it; none on a machine with one core."""
    cores = len(os.sched_getaffinity(0))
    return min(cores, _MOST_FORKS) if cores > 1 else 0


class _RepairClock:
    """Ends the process when one repair takes too long; GEOS listens to nothing gentler."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def announce(self, feature: int) -> None:
        """Start the clock for this feature; 0 stops it."""
        if feature:
            _write({"repairing": feature})
        signal.alarm(self._seconds if feature else 0)


def _tell(progress: Progress) -> None:
    _write({"progress": progress.model_dump()})


def _keep_channel() -> None:
    """Standard output stays ours: what a library prints goes to standard error."""
    sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)


def _write(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.open_files, limits.open_files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

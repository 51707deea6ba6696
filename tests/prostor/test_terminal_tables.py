"""Tables, facts and remarks as they look on a terminal of 80 columns, and as a pipe gets them."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

ROOT = Path(__file__).parents[2]
COLUMNS = 80
PROGRAM = """
from datetime import date, datetime, UTC
from prostor.commands.tables import show_facts, show_remarks, show_rows
show_rows(
    ["layer", "version", "rows", "state of data", "remark"],
    [
        ("flood-zones", 1, 12, date(2026, 3, 1), None),
        ("parcels", 3, 8715, date(2026, 3, 1), "Feature 7 has no geometry. " * 5),
    ],
)
show_rows(
    ["when", "event", "version", "rows", "who", "source", "what"],
    [(datetime(2026, 3, 1, 8, 15), "published", 12, 8715, "ana", "parcele-2026-03.zip", "d" * 18)] * 2,
)
show_facts([("sha256", "6c38d9" * 10), ("coordinates", "EPSG:3912 to 3794: a long name " * 4), ("note", None)])
show_remarks(["Columns of the source that are not published: " + ", ".join(["NAZIV"] * 12), None])
"""


def on_terminal() -> list[str]:
    """What a terminal of 80 columns shows, line by line, without colours."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    environment.pop("COLUMNS", None)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=slave, stdin=slave, env=environment
    ) as running:
        os.close(slave)
        shown = b""
        while block := _read(master):
            shown += block
    os.close(master)
    assert running.returncode == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode()).splitlines()


def _read(terminal: int) -> bytes:
    """The next block; nothing once the program has ended, which Linux reports as an input error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def in_pipe() -> list[str]:
    """What a pipe gets."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout.splitlines()


def test_a_terminal_of_80_columns_breaks_nothing_short() -> None:
    """No line is longer than the terminal; ids, numbers and dates stay whole; texts break between words."""
    lines = on_terminal()
    text = "\n".join(lines)

    assert max(len(line.rstrip()) for line in lines) <= COLUMNS
    assert all(word in text for word in ("flood-zones", "01.03.2026", "8715", "6c38d9" * 10))
    assert not any(line.rstrip().endswith(("Featu", "geome", "coordina")) for line in lines)


def test_numbers_stand_right() -> None:
    """Units stand below units."""
    lines = on_terminal()
    small = next(line for line in lines if "flood-zones" in line)
    large = next(line for line in lines if line.startswith("parcels"))

    assert small.index("12 ") + 2 == large.index("8715") + 4


def test_rows_too_wide_are_told_one_below_the_other() -> None:
    """No column is lost or cut to a letter a line: each row is a block of names and values."""
    lines = on_terminal()
    begins = [place for place, line in enumerate(lines) if line.startswith("when ")]

    assert len(begins) == 2
    block = [line.split(maxsplit=1) for line in lines[begins[0] : begins[1]]]
    assert [line[0] for line in block[:7]] == ["when", "event", "version", "rows", "who", "source", "what"]
    assert (block[5][1], block[6][1], block[7]) == ("parcele-2026-03.zip", "d" * 18, [])


def test_further_lines_stand_under_the_first() -> None:
    """A long fact and a long remark are one block each."""
    lines = on_terminal()
    place = next(i for i, line in enumerate(lines) if line.startswith("coordinates"))
    remark = next(i for i, line in enumerate(lines) if line.startswith("· "))

    assert lines[place + 1].startswith(" " * len("coordinates  "))
    assert re.match(r"  \S", lines[remark + 1])


def test_a_pipe_gets_plain_lines() -> None:
    """One line per row with tabs, one per fact and remark, nothing broken, nothing coloured."""
    lines = in_pipe()

    assert lines[0] == "layer\tversion\trows\tstate of data\tremark"
    assert lines[1] == "flood-zones\t1\t12\t01.03.2026\t–"
    assert len(lines) == 9
    assert "\x1b" not in "".join(lines)

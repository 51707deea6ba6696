"""Where events go: to standard error of a service, to a file when a person reads standard error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gis import logs
from gis.logs import configure_logging, configure_logging_to_file, logger
from gis.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_service_tells_its_events_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Text lines from the least severe wanted event upwards."""
    configure_logging(Settings(log_level="info"))

    logger("loading").debug("rows_counted")
    logger("loading").info("layer_imported", rows=3)

    told = capsys.readouterr().err
    assert "layer_imported" in told
    assert "rows=3" in told
    assert "rows_counted" not in told


def test_a_command_keeps_its_events_in_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A clerk sees none of them; who looks later finds them all, in the form the settings ask for."""
    log = tmp_path / "log" / "layers.log"
    configure_logging_to_file(Settings(log_format="json"), log)

    logger("loading").info("layer_imported", layer="parcels")
    logger("reading").warning("reader_ended", status=1)

    assert capsys.readouterr().err == ""
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [each["event"] for each in events] == ["layer_imported", "reader_ended"]
    assert events[0]["layer"] == "parcels"


def test_a_warning_with_a_reason_is_said_in_words(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """No name of an event, no time stamp, no facts."""
    configure_logging_to_file(Settings(), tmp_path / "layers.log")

    logger("reading").warning("reader_keeps_network", reason="unshare is missing")

    assert capsys.readouterr().err == "Reader keeps network: unshare is missing.\n"


def test_a_log_that_cannot_be_written_stops_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The command goes on, and warnings are still said."""
    (tmp_path / "log").write_text("a file where a folder should be")
    configure_logging_to_file(Settings(), tmp_path / "log" / "layers.log")

    logger("loading").info("layer_imported")
    logger("loading").warning("disk_nearly_full", reason="3 MB are left")

    assert capsys.readouterr().err == "Disk nearly full: 3 MB are left.\n"


def test_a_long_log_makes_room_for_a_new_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The one before is kept beside it."""
    log = tmp_path / "layers.log"
    log.write_text("long ago\n" * 10)
    monkeypatch.setattr(logs, "_LOG_BYTES_KEPT", 20)

    configure_logging_to_file(Settings(), log)
    logger("loading").info("layer_imported")

    assert "layer_imported" in log.read_text()
    assert (tmp_path / "layers.old.log").read_text().startswith("long ago")

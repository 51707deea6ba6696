"""Settings: frozen, read once, errors that name the variable."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gis.database import DatabaseUrls
from gis.errors import ConfigurationError
from gis.settings import Settings, read_settings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PROSTOR_ variable is read, an argument wins over it."""
    monkeypatch.setenv("PROSTOR_PORT", "8123")

    assert read_settings().port == 8123
    assert read_settings(port=9000).port == 9000


def test_settings_cannot_be_changed() -> None:
    """Nobody changes settings behind another's back."""
    settings = Settings()

    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the environment variable."""
    monkeypatch.setenv("PROSTOR_PORT", "door")

    with pytest.raises(ConfigurationError, match="PROSTOR_PORT"):
        read_settings()


def test_one_database_url_alone_is_refused() -> None:
    """Three logins or none: one alone would hide which login does what."""
    with pytest.raises(ConfigurationError, match="all three"):
        read_settings(database_url="postgresql://reader@/prostor")


def test_passwords_are_not_printed() -> None:
    """Neither settings nor URLs show a password when printed."""
    urls = {
        "database_url": "postgresql://a:s3cret@/prostor",
        "loader_url": "postgresql://b:s3cret@/prostor",
        "owner_url": "postgresql://c:s3cret@/prostor",
    }
    settings = read_settings(**urls)

    assert not settings.uses_embedded_cluster
    assert "s3cret" not in repr(settings) + repr(DatabaseUrls.from_settings(settings))


def test_base_url_loses_its_slash() -> None:
    """The public address is kept without a trailing slash, and must be http(s)."""
    assert read_settings(base_url="https://karta.example.si/gis/").base_url == "https://karta.example.si/gis"
    with pytest.raises(ConfigurationError, match="PROSTOR_BASE_URL"):
        read_settings(base_url="ftp://karta.example.si")

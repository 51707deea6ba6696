"""The settings of one running Prostor: frozen, built once at the front door and handed down.

Nothing else reads the environment, and nothing happens at import. Every field is described in
`docs/operations/settings.md`; a test compares the two.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gis.errors import ConfigurationError


class Settings(BaseSettings):
    """Read from `PROSTOR_…` environment variables, or given as arguments by tests and commands."""

    model_config = SettingsConfigDict(env_prefix="PROSTOR_", frozen=True, extra="ignore", env_ignore_empty=True)

    home: Path = Field(default=Path("var"), description="Folder of the embedded cluster, cache and staging.")
    portal: Path | None = Field(
        default=None,
        description="Folder with portal.toml and layers/*.toml; the sample municipality when unset.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="Reader login of an existing PostGIS; embedded cluster when unset.",
    )
    loader_url: SecretStr | None = Field(default=None, description="Login that loads and publishes layers.")
    owner_url: SecretStr | None = Field(
        default=None, description="Login that owns the schemas and runs migrations."
    )
    host: str = Field(default="127.0.0.1", description="Address the web service listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port of the web service.")
    # One more than a small machine has cores: who gets a long answer is chance, and no core shall wait.
    workers: int = Field(default=3, ge=1, le=64, description="Worker processes of the web service.")
    base_url: str | None = Field(
        default=None,
        description="Public address when behind a proxy, e.g. https://karta.example.si/gis.",
    )
    cache_megabytes: int = Field(default=64, ge=1, description="Memory for finished tiles, per worker process.")
    tile_disk_megabytes: int = Field(
        default=1024, ge=0, description="Disk for finished tiles, for all workers together; 0 keeps none there."
    )
    picture_disk_megabytes: int = Field(
        default=128, ge=0, description="Disk for pictures of the map, for all workers together; 0 keeps none."
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="What a request for /metrics has to bring; without it, there are none to be had.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe event that is logged."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="Log lines for people (text) or for a log collector (json)."
    )

    @field_validator("home", "portal")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value is not None else None

    @field_validator("base_url")
    @classmethod
    def _no_trailing_slash(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("http://", "https://")):
            msg = "must begin with http:// or https://"
            raise ValueError(msg)
        return value.rstrip("/")

    @model_validator(mode="after")
    def _three_urls_or_none(self) -> Settings:
        given = [self.database_url, self.loader_url, self.owner_url]
        if any(given) and not all(given):
            msg = (
                "set all three of PROSTOR_DATABASE_URL, PROSTOR_LOADER_URL and PROSTOR_OWNER_URL, "
                "or none of them for the embedded database"
            )
            raise ValueError(msg)
        return self

    @property
    def uses_embedded_cluster(self) -> bool:
        """True when no existing PostGIS was named, so Prostor runs its own."""
        return self.database_url is None


def read_settings(**overrides: object) -> Settings:
    """Read the environment; `overrides` win. Raises ConfigurationError naming the variable."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as exc:
        raise ConfigurationError(_sentence_for(exc)) from exc


def _sentence_for(exc: ValidationError) -> str:
    reasons = []
    for error in exc.errors():
        name = "PROSTOR_" + "_".join(str(part).upper() for part in error["loc"])
        message = error["msg"].removeprefix("Value error, ")
        reasons.append(f"{name}: {message}" if error["loc"] else message)
    return "The settings are not usable. " + "; ".join(reasons) + "."

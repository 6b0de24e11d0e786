"""What the environment decides about a running OneDoor."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

_DEFAULT_DATABASE = Path(__file__).parent.parent / "var" / "onedoor.db"


class Settings(BaseSettings):
    """Settings by environment variable, each named like its field in capitals. No .env file is read.

    Raises pydantic's ValidationError, which does not repeat what was given: addresses of databases hold passwords.
    """

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, frozen=True, hide_input_in_errors=True)

    database_url: str = Field(default=f"sqlite:///{_DEFAULT_DATABASE}", description="SQLite or PostgreSQL.", repr=False)
    redis_url: str | None = Field(
        default=None, description="Message queue of the feed and counts of the rate limits.", repr=False
    )
    public_url: str | None = Field(
        default=None, description="What QR codes and links begin with; never the Host header."
    )
    backup_dir: Path | None = Field(default=None, description="Where a backup is made each day.")
    onedoor_messages: str | None = Field(
        default=None, description="Apprise addresses with {phone} or {email}, or `console`.", repr=False
    )
    trusted_proxies: int = Field(default=0, ge=0, description="How many proxies stand before the server.")
    onedoor_async: Literal["gevent", "eventlet"] = Field(default="gevent", description="eventlet: SQLite only.")

    @field_validator("database_url")
    @classmethod
    def a_database_we_know(cls, value: str) -> str:
        """SQLite or PostgreSQL."""
        try:
            kind = make_url(value).drivername
        except ArgumentError:
            kind = ""
        if kind not in ("sqlite", "postgresql", "postgresql+psycopg"):
            raise ValueError("DATABASE_URL must be sqlite:///file.db or postgresql://user:password@host/database")
        return value

    @field_validator("public_url")
    @classmethod
    def whole_without_slash(cls, value: str | None) -> str | None:
        """Addresses are made by adding a path; a phone opens no QR code without http."""
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("PUBLIC_URL must begin with http:// or https://")
        return value.rstrip("/") if value else value

    @field_validator("onedoor_messages")
    @classmethod
    def gateways_know_whom_to_reach(cls, value: str | None) -> str | None:
        """An address that names nobody would send every message to one and the same receiver."""
        if value and value != "console" and not all("{phone}" in one or "{email}" in one for one in value.split()):
            raise ValueError("ONEDOOR_MESSAGES must be console, or Apprise addresses that each hold {phone} or {email}")
        return value

    @model_validator(mode="after")
    def eventlet_on_sqlite_alone(self) -> "Settings":
        """Psycopg stops the whole process under eventlet."""
        if self.onedoor_async == "eventlet" and not self.database_url.startswith("sqlite"):
            raise ValueError("ONEDOOR_ASYNC=eventlet works with SQLite only; leave it out for PostgreSQL")
        return self

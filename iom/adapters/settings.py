"""Every setting, read once from the environment or from files of secrets. Temporal's own TEMPORAL_* are not here."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from iom.refusals import Refused

SECRETS = Path("/run/secrets")
"""Where containers mount secrets: the file iom_database_url there gives IOM_DATABASE_URL, and so on."""


class Settings(BaseSettings):
    """Each field is set by ``IOM_`` and its name in capitals; ``.env.example`` explains every one."""

    model_config = SettingsConfigDict(env_prefix="IOM_", frozen=True, extra="ignore")

    database_url: str = Field(repr=False, pattern=r"^postgres(ql)?://")
    database_pool_size: int = Field(default=10, ge=2, le=200)
    smtp_url: str = Field(repr=False, pattern=r"^smtps?://")
    mail_from: str = Field(default="iom@localhost", pattern=r"^[^@\s]+@[^@\s]+$")
    public_url: str = Field(default="http://127.0.0.1:8000", pattern=r"^https?://[^/]+$")
    data_dir: Path = Path(".iom")
    inbox_dir: Path | None = None
    session_idle_minutes: int = Field(default=30, ge=5, le=720)
    log_format: Literal["json", "console"] = "json"


def load_settings() -> Settings:
    """Read the settings. Raises Refused(settings_incomplete) that names every variable missing or wrong."""
    try:
        return Settings(_secrets_dir=SECRETS if SECRETS.is_dir() else None)
    except ValidationError as error:
        raise Refused("settings_incomplete", _what_to_set(error)) from None


def _what_to_set(error: ValidationError) -> str:
    """One line per variable, never with the value: it may be a password."""
    faults = [f"  IOM_{str(fault['loc'][0]).upper()}: {fault['msg'].lower()}" for fault in error.errors()]
    return "\n".join(
        [
            "No demo is running in this data folder, and the environment does not say all that is needed:",
            *faults,
            "Start a demo with ./run demo, name its folder with --data-dir, or set these as .env.example shows.",
        ]
    )

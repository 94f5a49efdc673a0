"""Every setting, read once from the environment or from files of secrets. Temporal's own TEMPORAL_* are not here."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from iom.adapters.directory_settings import Directory
from iom.refusals import Refused
from iom.vocabulary import Role

SECRETS = Path("/run/secrets")
"""Where containers mount secrets: the file iom_database_url there gives IOM_DATABASE_URL, and so on."""


class Settings(BaseSettings):
    """Each field is set by ``IOM_`` and its name in capitals; ``.env.example`` explains every one."""

    model_config = SettingsConfigDict(env_prefix="IOM_", frozen=True, extra="ignore")

    database_url: str = Field(repr=False, pattern=r"^postgres(ql)?://")
    door_database_url: str = Field(default="", repr=False, pattern=r"^(postgres(ql)?://.*)?$")
    database_pool_size: int = Field(default=10, ge=2, le=200)
    smtp_url: str = Field(repr=False, pattern=r"^smtps?://")
    mail_from: str = Field(default="actions@localhost", pattern=r"^[^@\s]+@[^@\s]+$")
    public_url: str = Field(default="http://127.0.0.1:8000", pattern=r"^https?://[^/]+$")
    data_dir: Path = Path(".iom")
    inbox_dir: Path | None = None
    session_idle_minutes: int = Field(default=30, ge=5, le=720)
    session_idle_minutes_strict: int = Field(default=15, ge=5, le=720)
    session_strict_roles: str = Field(
        default="administrator,auditor,coordinator,chair,analyst,police_offender_manager",
        pattern=r"^[a-z_,]*$",
    )
    session_hours: int = Field(default=12, ge=1, le=24)
    confirm_minutes: int = Field(default=5, ge=1, le=60)
    second_factor: Literal["required", "skippable"] = "required"
    second_factor_minutes: int = Field(default=5, ge=1, le=30)
    link_second_factor: Literal["required", "none"] = "required"
    link_minutes: int = Field(default=15, ge=5, le=60)
    tries_before_pause: int = Field(default=5, ge=1, le=20)
    pause_seconds: int = Field(default=30, ge=1, le=3600)
    tries_of_address: int = Field(default=100, ge=10)
    tries_of_account: int = Field(default=20, ge=5)
    recertify_days: int = Field(default=90, ge=1)
    recertify_grace_days: int = Field(default=14, ge=0)
    dormant_days: int = Field(default=45, ge=1)
    access_days: int = Field(default=28, ge=1, le=365)
    break_glass_hours: int = Field(default=4, ge=1, le=72)
    agreement_warning_days: str = Field(default="60,30,7", pattern=r"^[0-9]{1,3}(,[0-9]{1,3})*$")
    audit_seal_minutes: int = Field(default=15, ge=1, le=1440)
    unusual_before_hour: int = Field(default=7, ge=0, le=23)
    unusual_from_hour: int = Field(default=19, ge=1, le=24)
    unusual_cases_an_hour: int = Field(default=40, ge=1)
    directories: list[Directory] = Field(default=[], repr=False)
    log_format: Literal["json", "console"] = "json"

    @field_validator("session_strict_roles")
    @classmethod
    def _roles_exist(cls, roles: str) -> str:
        if unknown := {role for role in roles.split(",") if role} - set(Role):
            raise ValueError(f"no such role: {', '.join(sorted(unknown))}")
        return roles

    @field_validator("directories")
    @classmethod
    def _each_has_its_own_code(cls, directories: list[Directory]) -> list[Directory]:
        if len({directory.code for directory in directories}) < len(directories):
            raise ValueError("two directories have the same code")
        return directories


def load_settings() -> Settings:
    """Read the settings. Raises Refused(settings_incomplete) that names every variable missing or wrong."""
    try:
        return Settings(_secrets_dir=SECRETS if SECRETS.is_dir() else None)
    except ValidationError as error:
        raise Refused("settings_incomplete", _what_to_set(error)) from None
    except SettingsError:
        raise Refused(
            "settings_incomplete", "IOM_DIRECTORIES is not JSON. Write it as .env.example shows."
        ) from None


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

"""What IOM_DIRECTORIES may say. Asks nobody."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from iom.adapters.directory_settings import Directory
from iom.adapters.settings import load_settings
from iom.refusals import Refused

SECRET = "s3cret"
DESCRIBED = {
    "code": "police",
    "agency": "police",
    "name": "Police account",
    "issuer": "https://login.example.org",
    "client_id": "iom",
    "client_secret": SECRET,
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://login.example.org"},
        {"issuer": "https://user:password@login.example.org"},
        {"algorithms": ["none"]},
        {"algorithms": ["HS256"]},
        {"algorithms": []},
        {"code": "../police"},
        {"scopes": ["email"]},
        {
            "asks_userinfo": True,
            "endpoints": dict.fromkeys(("authorize", "token", "jwks"), "https://login.example.org"),
        },
        {"endpoints": {"authorize": "https://login.example.org"}},
        {"second_factor": {"claim": "amr", "any_of": []}},
        {"misspelt": True},
        {"client_secret": ""},
    ],
)
def test_settings_that_cannot_be_safe_are_refused(wrong: dict[str, Any]) -> None:
    assert SECRET not in repr(Directory.model_validate(DESCRIBED))
    with pytest.raises(ValidationError):
        Directory.model_validate(DESCRIBED | wrong)


@pytest.mark.parametrize(
    "written", ["not json", '{"code": "police"}', "[7]", json.dumps([DESCRIBED, DESCRIBED])]
)
def test_a_setting_that_cannot_be_read_is_named_and_its_secrets_are_not(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOM_DATABASE_URL", "postgresql://actions@localhost/iom")
    monkeypatch.setenv("IOM_SMTP_URL", "smtp://localhost")
    monkeypatch.setenv("IOM_DIRECTORIES", written)
    with pytest.raises(Refused) as refusal:
        load_settings()
    assert refusal.value.code == "settings_incomplete"
    assert "IOM_DIRECTORIES" in refusal.value.sentence
    assert SECRET not in refusal.value.sentence

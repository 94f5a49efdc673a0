"""Settings and .env.example say the same. Reads the file only."""

import re
from pathlib import Path

import pytest

from iom.adapters.settings import Settings, load_settings
from iom.refusals import Refused

EXAMPLE = Path(__file__).parents[2] / ".env.example"
LINE = re.compile(r"^(?:# )?(IOM_[A-Z_]+)=(.*)$", re.MULTILINE)


@pytest.fixture(autouse=True)
def no_settings_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"IOM_{field.upper()}", raising=False)


def test_every_setting_is_in_the_example_and_nothing_else_is() -> None:
    named = [name for name, _ in LINE.findall(EXAMPLE.read_text())]
    assert sorted(named) == sorted(f"IOM_{field.upper()}" for field in Settings.model_fields)


def test_the_example_holds_values_that_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in LINE.findall(EXAMPLE.read_text()):
        monkeypatch.setenv(name, value)
    assert load_settings().database_url == "postgresql://iom:password@127.0.0.1:5432/iom"


def test_the_example_shows_each_default(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = dict(LINE.findall(EXAMPLE.read_text()))
    for field, info in Settings.model_fields.items():
        if not info.is_required() and info.default is not None:
            assert shown[f"IOM_{field.upper()}"] == str(info.default)


def test_missing_addresses_are_all_named_in_one_sentence() -> None:
    with pytest.raises(Refused) as refusal:
        load_settings()
    assert refusal.value.code == "settings_incomplete"
    assert "IOM_DATABASE_URL" in refusal.value.sentence
    assert "IOM_SMTP_URL" in refusal.value.sentence


def test_a_wrong_value_is_named_but_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOM_DATABASE_URL", "mysql://iom:hunter2@127.0.0.1/iom")
    monkeypatch.setenv("IOM_SMTP_URL", "smtp://127.0.0.1:1025")
    with pytest.raises(Refused) as refusal:
        load_settings()
    assert "IOM_DATABASE_URL" in refusal.value.sentence
    assert "hunter2" not in refusal.value.sentence


def test_addresses_with_passwords_are_not_shown_when_settings_are_printed() -> None:
    settings = Settings(database_url="postgresql://iom:hunter2@db/iom", smtp_url="smtp://iom:hunter2@mail")
    assert "hunter2" not in repr(settings)

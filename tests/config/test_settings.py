"""What the environment may say."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import Settings
from tests.processes import ROOT

POSTGRESQL = "postgresql://onedoor:s3cret@db/onedoor"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_nothing_needs_to_be_set() -> None:
    settings = Settings()
    assert settings.database_url == f"sqlite:///{ROOT}/var/onedoor.db"
    assert (settings.redis_url, settings.public_url, settings.backup_dir) == (None, None, None)
    assert (settings.onedoor_async, settings.trusted_proxies) == ("gevent", 0)


def test_each_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "DATABASE_URL": POSTGRESQL,
        "REDIS_URL": "redis://localhost",
        "PUBLIC_URL": "https://onedoor.la",
        "BACKUP_DIR": "/media/usb",
        "ONEDOOR_MESSAGES": "json://gateway/sms?:to={phone}",
        "TRUSTED_PROXIES": "2",
        "ONEDOOR_ASYNC": "gevent",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert set(values) == {name.upper() for name in Settings.model_fields}
    assert Settings().model_dump() == {
        "database_url": POSTGRESQL,
        "redis_url": "redis://localhost",
        "public_url": "https://onedoor.la",
        "backup_dir": Path("/media/usb"),
        "onedoor_messages": "json://gateway/sms?:to={phone}",
        "trusted_proxies": 2,
        "onedoor_async": "gevent",
    }


def test_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "")
    assert Settings().trusted_proxies == 0
    assert Settings().database_url.startswith("sqlite:///")


def test_env_file_in_the_working_folder_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("TRUSTED_PROXIES=3\n")
    monkeypatch.chdir(tmp_path)
    assert Settings().trusted_proxies == 0


def test_eventlet_is_for_sqlite_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDOOR_ASYNC", "eventlet")
    assert Settings().onedoor_async == "eventlet"
    with pytest.raises(ValidationError, match="ONEDOOR_ASYNC=eventlet works with SQLite only"):
        Settings(database_url=POSTGRESQL)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONEDOOR_ASYNC", "asyncio"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "x"),
        ("PUBLIC_URL", "onedoor.la"),
        ("DATABASE_URL", "mysql://h/d"),
    ],
)
def test_setting_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_public_url_ends_without_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://onedoor.la/")
    assert Settings().public_url == "https://onedoor.la"


def test_passwords_in_addresses_are_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:s3cret@localhost")
    assert "s3cret" not in repr(Settings(database_url=POSTGRESQL))
    monkeypatch.setenv("ONEDOOR_ASYNC", "eventlet")
    with pytest.raises(ValidationError) as caught:
        Settings(database_url=POSTGRESQL)
    assert "s3cret" not in str(caught.value)
    assert "input_value" not in str(caught.value)


def test_settings_do_not_change_while_the_server_runs() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().trusted_proxies = 1

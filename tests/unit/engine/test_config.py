"""Settings are parsed once, and every fault is told at once."""

from __future__ import annotations

import pytest

from engine.config import NAMES, OTHER_NAMES, VARIABLES, Settings, load_settings
from engine.domain.errors import SettingsError


def _read(path: str) -> str:
    files = {"/secret": "from-file\n"}
    if path not in files:
        raise FileNotFoundError(path)
    return files[path]


def test_nothing_set_gives_the_defaults():
    assert load_settings({}, read=_read) == Settings()


def test_every_field_has_exactly_one_variable():
    fields = set(Settings.__dataclass_fields__)

    assert {variable.field for variable in VARIABLES} == fields
    assert len(VARIABLES) == len(fields)
    assert not set(NAMES.values()) & OTHER_NAMES


def test_values_are_parsed_to_their_types():
    environ = {
        "SVEND_SEARCHES_PER_WORKER": "4",
        "SVEND_LEASE_S": "2.5",
        "SVEND_RENEW_S": "1",
        "SVEND_CORS_ORIGINS": "https://a.example, https://b.example",
        "SVEND_LOG_LEVEL": "DEBUG",
    }
    settings = load_settings(environ, read=_read)

    assert settings.searches_per_worker == 4
    assert settings.lease_s == 2.5
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert settings.log_level == "debug"


def test_a_secret_may_come_from_a_file():
    settings = load_settings({"SVEND_LLM_API_KEY_FILE": "/secret"}, read=_read)

    assert settings.llm_api_key == "from-file"


def test_all_faults_are_reported_together():
    environ = {
        "SVEND_LEASE_S": "soon",
        "SVEND_MAX_ATTEMPTS": "0",
        "SVEND_LOG_LEVEL": "loud",
        "SVEND_LLM_API_KEY_FILE": "/absent",
        "SVEND_TYPO": "1",
    }
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, required=("database_url",), read=_read)

    lines = str(caught.value).splitlines()
    expected = (*environ, "DATABASE_URL")
    assert len(lines) == len(expected)
    assert all(any(name in line for line in lines) for name in expected)


def test_a_secret_is_not_shown_in_a_fault():
    with pytest.raises(SettingsError) as caught:
        load_settings({"SVEND_LEASE_S": "x", "DATABASE_URL": "hunter2"}, read=_read)

    assert "hunter2" not in str(caught.value)


def test_renewal_must_leave_room_for_one_loss():
    with pytest.raises(SettingsError, match="SVEND_RENEW_S"):
        load_settings({"SVEND_LEASE_S": "10", "SVEND_RENEW_S": "6"}, read=_read)


@pytest.mark.parametrize("text", ["1e9", "-1", "٣", "", "9" * 400], ids=repr)
def test_odd_numbers_never_pass(text):
    environ = {"SVEND_MAX_ATTEMPTS": text}
    if not text:
        assert load_settings(environ, read=_read) == Settings()
        return
    with pytest.raises(SettingsError):
        load_settings(environ, read=_read)

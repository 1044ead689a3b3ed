"""What the doctor says of the installation."""

from __future__ import annotations

import pytest

from scripts.svend import installation
from scripts.svend.finding import State
from scripts.svend.installation import list_installed


def look(name: str, **environ: str):
    return next(one for one in list_installed(environ) if one.name == name)


def test_this_installation_has_its_packages():
    assert look("packages").state is State.OK


@pytest.mark.parametrize(
    "line", ["no-such-package-anywhere>=1", "click<1"], ids=["absent", "too new"]
)
def test_a_package_that_does_not_fit_is_named(monkeypatch, line):
    monkeypatch.setattr(installation.metadata, "requires", lambda _name: [line])
    found = look("packages")

    assert found.state is State.MISSING
    assert line in found.detail


def test_faulty_settings_are_listed():
    found = look("settings", SVEND_LEASE_S="soon", SVEND_TYPO="1")

    assert found.state is State.MISSING
    assert "SVEND_LEASE_S" in found.detail
    assert "SVEND_TYPO" in found.detail


@pytest.mark.parametrize(
    ("name", "variable"),
    [("PostgreSQL", "DATABASE_URL"), ("Redis", "REDIS_URL"), ("model", "SVEND_LLM_URL")],
)
def test_an_outside_server_replaces_a_part(name, variable):
    assert "outside" in look(name, **{variable: "x://y"}).detail


def test_an_empty_folder_is_no_model(tmp_path):
    found = look("model", SVEND_MODEL=str(tmp_path))

    assert (found.state, bool(found.remedy)) == (State.MISSING, True)


def test_a_folder_with_weights_is_a_model(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"0" * (3 << 20))

    assert (
        "3.0 MiB of weights, the chat profile" in look("model", SVEND_MODEL=str(tmp_path)).detail
    )


def test_a_hubs_name_is_not_fetched():
    found = look("model", SVEND_MODEL="someone/some-model")

    assert (found.state, "hub" in found.detail) == (State.ABSENT, True)


def test_without_a_model_server_it_is_said_how_to_get_one(monkeypatch):
    monkeypatch.setattr(installation, "MODEL_SERVERS", ())
    found = look("model server")

    assert found.state is State.MISSING
    assert "EXTRA=cpu" in found.remedy

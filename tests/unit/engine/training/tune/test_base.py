"""What can be no model is refused at once; the hub is asked once, and answers in one line."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from huggingface_hub import constants
from huggingface_hub.errors import (
    GatedRepoError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
)

from engine.training.errors import TrainingError
from engine.training.tune import base as base_module
from engine.training.tune.base import is_path, require_base, require_published

NAME = "nobody/no-such-model"
FAULT = f"{NAME} is neither a folder here nor a model that Hugging Face's hub gave: "


@pytest.fixture
def hub(monkeypatch):
    """A function that sets what asking the hub raises, and the list of what it was asked for."""
    asked: list[str] = []
    answer: list[Exception] = []

    def ask(url, *, timeout):
        asked.append(url)
        if answer:
            raise answer[0]

    monkeypatch.setattr(base_module, "get_hf_file_metadata", ask)
    monkeypatch.setattr(base_module, "try_to_load_from_cache", lambda *_: None)
    return SimpleNamespace(asked=asked, raises=answer.append)


def answered(kind):
    response = SimpleNamespace(headers={}, request=None, status_code=404)
    return kind("404 Client Error.\n\nMuch more.", response=response)


@pytest.mark.parametrize(
    "base", ["/no/where", "./nowhere", "../nowhere", "~/nowhere", "runs/of/mine", "runs/mine/"]
)
def test_the_path_of_no_folder_is_refused(base):
    assert is_path(base)
    with pytest.raises(TrainingError, match=f"^{base} holds no model: there is no such folder$"):
        require_base(base)


@pytest.mark.parametrize("base", [NAME, "gpt2", "Qwen/Qwen2.5-14B"])
def test_what_may_be_a_name_is_left_to_the_hub(base):
    assert not is_path(base)
    require_base(base)


def test_a_folder_without_a_model_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    with pytest.raises(TrainingError, match=r"^empty holds no model: there is no config\.json$"):
        require_base("empty")


def test_a_file_is_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"")
    with pytest.raises(TrainingError, match="is a file"):
        require_base(str(path))


def test_a_folder_with_a_model_is_taken_and_the_hub_not_asked(tmp_path, hub):
    (tmp_path / "config.json").write_text("{}")
    require_base(str(tmp_path))
    require_published(str(tmp_path))
    assert not hub.asked


def test_a_model_that_the_hub_has_is_asked_for_once(hub):
    require_published(NAME)
    assert len(hub.asked) == 1
    assert hub.asked[0].endswith(f"{NAME}/resolve/main/config.json")


def test_a_model_that_was_fetched_before_is_not_asked_for(hub, monkeypatch):
    monkeypatch.setattr(base_module, "try_to_load_from_cache", lambda *_: "/cache/config.json")
    require_published(NAME)
    assert not hub.asked


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (answered(GatedRepoError), "it is given only to those"),
        (answered(RepositoryNotFoundError), "no such model is there"),
        (answered(RemoteEntryNotFoundError), "it holds no config.json"),
        (OSError("Name or service not known\nand so on"), "Name or service not known"),
        (TimeoutError(), "TimeoutError"),
    ],
    ids=["gated", "unknown", "no-model", "unreachable", "silent"],
)
def test_why_the_hub_gave_nothing_is_told_in_one_line(hub, error, reason):
    hub.raises(error)
    with pytest.raises(TrainingError) as caught:
        require_published(NAME)
    assert str(caught.value).startswith(FAULT + reason)
    assert "\n" not in str(caught.value)


def test_offline_nothing_is_sent(monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(TrainingError, match="offline mode is enabled"):
        require_published(NAME)


def test_what_cannot_be_a_name_is_told(hub):
    with pytest.raises(TrainingError, match="neither a folder here nor a model"):
        require_published("no name at all")

"""Which model a benchmark asks, and how."""

from __future__ import annotations

import json

import pytest

from engine.domain.errors import SettingsError
from engine.domain.profile import CHAT_PROFILE, EndpointKind
from scripts.svend.bench_model import ModelChoice, find_benched_model
from scripts.svend.errors import CommandError

PROFILE = {
    "name": "mini",
    "endpoint": "completions",
    "prompt_set": "svend-mini",
    "answer_protocol": "program",
    "stop": ["</s>"],
    "context_tokens": 256,
    "max_tokens": 64,
    "sampling_temperature": 0.5,
}


@pytest.fixture
def stack(tmp_path):
    """The data folder of a running stack."""
    (tmp_path / "llm-key").write_text("stack-key\n")
    (tmp_path / "svend-profile.json").write_text(json.dumps(PROFILE))
    write_record(tmp_path, api_key_file=str(tmp_path / "llm-key"))
    return tmp_path


def write_record(folder, **changes):
    model = {
        "url": "http://here:8000",
        "name": "mini@0123456789ab",
        "profile": str(folder / "svend-profile.json"),
        "api_key_file": "",
        **changes,
    }
    (folder / "stack.json").write_text(json.dumps({"url": "http://here:1", "model": model}))


def find(folder, *, llm_url=None, llm_model="", profile=None, **environ):
    choice = ModelChoice(llm_url=llm_url, llm_model=llm_model, profile=profile, data_dir=folder)
    return find_benched_model(choice, environ)


def test_the_running_stacks_model_is_asked_as_its_workers_ask_it(stack):
    found = find(stack)

    assert (found.server.base_url, found.server.model) == ("http://here:8000", "mini@0123456789ab")
    assert (found.server.api_key, found.server.kind) == ("stack-key", EndpointKind.COMPLETIONS)
    assert (found.profile.name, found.profile.sampling_temperature) == ("mini", 0.5)


def test_a_named_server_beats_the_stacks_and_gets_nothing_of_it(stack):
    found = find(stack, llm_url="http://there/v1", SVEND_LLM_API_KEY="mine")

    assert (found.server.base_url, found.server.model) == ("http://there/v1", "")
    assert (found.server.api_key, found.profile) == ("mine", CHAT_PROFILE)


def test_a_named_server_is_spoken_to_by_the_given_profile(stack):
    found = find(stack, llm_url="http://there", profile=str(stack))

    assert found.profile.name == "mini"
    assert found.server.kind is EndpointKind.COMPLETIONS


def test_a_stack_with_a_server_that_is_not_its_own_has_the_callers_key(stack):
    write_record(stack)

    assert find(stack, SVEND_LLM_API_KEY="mine").server.api_key == "mine"


def test_another_model_of_the_stacks_server_can_be_named(stack):
    assert find(stack, llm_model="verifier@1").server.model == "verifier@1"


@pytest.mark.parametrize("record", [None, {"url": "http://here:1"}], ids=["none", "older"])
def test_without_a_server_it_says_how_to_get_one(tmp_path, record):
    if record is not None:
        (tmp_path / "stack.json").write_text(json.dumps(record))

    with pytest.raises(SettingsError, match=r"--llm-url.*svend up"):
        find(tmp_path)


def test_a_key_that_cannot_be_read_is_named(stack):
    (stack / "llm-key").unlink()

    with pytest.raises(CommandError, match="llm-key cannot be read"):
        find(stack)

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.profile_file import PROFILE_FILE_NAME, load_profile, parse_profile
from engine.domain.errors import ProfileError
from engine.domain.profile import CHAT_PROFILE, AnswerProtocol, EndpointKind, ToolProtocol

FIELDS = {
    "name": "svend-mini",
    "endpoint": "completions",
    "prompt_set": "svend-mini",
    "answer_protocol": "program",
    "stop": ["</s>"],
    "context_tokens": 512,
    "max_tokens": 160,
    "sampling_temperature": 0.8,
}


def test_every_field_is_read():
    profile = parse_profile(json.dumps(FIELDS))
    assert profile.endpoint is EndpointKind.COMPLETIONS
    assert profile.answer_protocol is AnswerProtocol.PROGRAM
    assert profile.stop == ("</s>",)
    assert (profile.context_tokens, profile.max_tokens) == (512, 160)


@pytest.mark.parametrize("name", sorted(FIELDS), ids=str)
def test_missing_field_is_named(name):
    fields = {key: value for key, value in FIELDS.items() if key != name}
    with pytest.raises(ProfileError, match=f"{name}: missing"):
        parse_profile(json.dumps(fields))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", 5),
        ("name", " "),
        ("endpoint", "telepathy"),
        ("answer_protocol", None),
        ("stop", "</s>"),
        ("stop", [""]),
        ("stop", [1]),
        ("context_tokens", "512"),
        ("context_tokens", 100),
        ("max_tokens", True),
        ("max_tokens", 0),
        ("sampling_temperature", 3),
        ("sampling_temperature", "hot"),
    ],
    ids=str,
)
def test_wrong_value_is_named(name, value):
    with pytest.raises(ProfileError, match=name if name != "stop" else "stop"):
        parse_profile(json.dumps({**FIELDS, name: value}))


def test_every_fault_is_told_at_once():
    with pytest.raises(ProfileError) as caught:
        parse_profile(json.dumps({**FIELDS, "endpoint": "x", "colour": 1}))
    assert "endpoint: " in str(caught.value)
    assert "colour: not a field" in str(caught.value)


@given(st.text())
def test_any_text_is_a_profile_or_a_profile_error(text):
    with pytest.raises(ProfileError):
        parse_profile(text)


def test_file_is_read_from_the_model_s_folder(tmp_path):
    (tmp_path / PROFILE_FILE_NAME).write_text(json.dumps(FIELDS))
    assert load_profile(tmp_path) == load_profile(tmp_path / PROFILE_FILE_NAME)


@pytest.mark.parametrize("path", ["", None], ids=["empty", "none"])
def test_no_path_means_the_chat_profile(path):
    assert load_profile(path) is CHAT_PROFILE


def test_model_without_a_profile_chats(tmp_path):
    assert load_profile(tmp_path) is CHAT_PROFILE


def test_file_that_was_named_and_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ProfileError, match=r"gone\.json"):
        load_profile(tmp_path / "gone.json")


def test_faulty_file_is_named(tmp_path):
    path = tmp_path / PROFILE_FILE_NAME
    path.write_bytes(b"\xff{}")
    with pytest.raises(ProfileError, match=PROFILE_FILE_NAME):
        load_profile(path)


def test_a_profile_without_words_on_steps_has_the_chat_s():
    profile = parse_profile(json.dumps(FIELDS))
    assert (profile.step_stop, profile.step_joint) == (("\n\n",), "\n\n")


def test_a_profile_says_how_steps_end_and_are_joined():
    profile = parse_profile(json.dumps({**FIELDS, "step_stop": [";"], "step_joint": ";"}))
    assert (profile.step_stop, profile.step_joint) == ((";",), ";")


@pytest.mark.parametrize("stops", [[], [""]], ids=["none", "empty"])
def test_a_step_needs_a_text_to_end_at(stops):
    with pytest.raises(ProfileError, match="profile"):
        parse_profile(json.dumps({**FIELDS, "step_stop": stops}))


def test_a_profile_says_how_tools_are_called():
    assert parse_profile(json.dumps(FIELDS)).tool_protocol is ToolProtocol.TEXT
    fields = {**FIELDS, "endpoint": "chat", "tool_protocol": "native"}
    assert parse_profile(json.dumps(fields)).tool_protocol is ToolProtocol.NATIVE


def test_only_a_chat_endpoint_reads_calls():
    fields = {**FIELDS, "endpoint": "completions", "tool_protocol": "native"}
    with pytest.raises(ProfileError, match="tool_protocol"):
        parse_profile(json.dumps(fields))


def test_the_grammar_is_read_from_the_file_beside_the_profile(tmp_path):
    fields = {**FIELDS, "grammar": "program.ebnf"}
    (tmp_path / PROFILE_FILE_NAME).write_text(json.dumps(fields))
    (tmp_path / "program.ebnf").write_text('root ::= "a"\n')
    assert load_profile(tmp_path).grammar == 'root ::= "a"\n'


@pytest.mark.parametrize("name", ["../program.ebnf", "missing.ebnf"], ids=str)
def test_a_grammar_that_is_not_beside_it_is_refused(tmp_path, name):
    (tmp_path / PROFILE_FILE_NAME).write_text(json.dumps({**FIELDS, "grammar": name}))
    with pytest.raises(ProfileError, match=r"(program|missing)\.ebnf"):
        load_profile(tmp_path)

"""What a model's template refuses, and a model that is not there, are told in one line."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.integration.training.conftest import CHAT_TEMPLATE, chat_row, pair_row

REFUSAL = "it answers no prose"
SIZE = ("--max-tokens", "64", "--micro-rows", "8", "--batch-rows", "8", "--max-steps", "1")


@pytest.fixture(scope="module")
def strict_base(tiny_base, tmp_path_factory):
    """A model whose template refuses every turn that says `prose`."""
    folder = tmp_path_factory.mktemp("strict") / "model"
    shutil.copytree(tiny_base, folder)
    guard = (
        "{% for message in messages %}{% if 'prose' in message['content'] %}"
        f"{{{{ raise_exception('{REFUSAL}') }}}}{{% endif %}}{{% endfor %}}"
    )
    (folder / "chat_template.jinja").write_text(guard + CHAT_TEMPLATE)
    return folder


@pytest.fixture(scope="module")
def files(write_rows):
    """Training files of each method, whose third row is refused; two of them each."""

    def spoilt(row, turn):
        turn["content"] += " prose"
        return row

    pairs = [pair_row(n, 1) for n in range(4)]
    spoilt(pairs[2], pairs[2]["rejected"][0])
    chats = [chat_row(n, 1) for n in range(4)]
    spoilt(chats[2], chats[2]["messages"][0])
    return {
        name: (write_rows("one.jsonl", rows[:2]), write_rows("two.jsonl", rows[2:]))
        for name, rows in {"chat": chats, "pairs": pairs}.items()
    }


@pytest.mark.parametrize(
    ("method", "kind"),
    [("sft", "chat"), ("dpo", "pairs"), ("reward", "pairs"), ("grpo", "chat")],
    ids=["sft", "dpo", "reward", "grpo"],
)
def test_a_row_that_the_template_refuses_is_named_in_one_line(
    run_train, strict_base, files, tmp_path, method, kind
):
    own = ("--samples", "4", "--max-completion-tokens", "4") if method == "grpo" else ()
    one, two = files[kind]
    words = (method, "--base", strict_base, "--data", one, "--data", two, "--out", tmp_path / "o")
    output = run_train(*words, *SIZE, *own, fails=True)
    [fault] = [line for line in output.splitlines() if REFUSAL in line]
    assert fault.startswith("Error: row 3: the chat template refuses the conversation")
    assert output.endswith(f"{fault}\n")


def test_a_development_row_is_named_as_one(run_train, strict_base, files, tmp_path):
    one, two = files["pairs"]
    words = ("dpo", "--base", strict_base, "--data", one, "--dev", two, "--out", tmp_path / "o")
    assert "Error: development row 1: " in run_train(*words, *SIZE, fails=True)


@pytest.mark.parametrize("method", ["sft", "dpo", "reward", "grpo"])
def test_a_base_that_is_not_there_is_refused_in_one_line(
    run_train, chat_file, pair_file, tmp_path, method
):
    data = pair_file if method in {"dpo", "reward"} else chat_file
    base = tmp_path / "nowhere"
    output = run_train(method, "--base", base, "--data", data, "--out", tmp_path / "o", fails=True)
    assert output == f"Error: {base} holds no model: there is no such folder\n"


def test_a_stage_of_a_base_that_is_not_there_is_refused(run_train, chat_file, tmp_path):
    path = tmp_path / "stages.toml"
    stage = f'[[stage]]\nname = "one"\nmethod = "sft"\ndata = ["{chat_file}"]\n'
    path.write_text(f'base = "./nowhere"\nout = "{tmp_path / "o"}"\n{stage}')
    assert "nowhere holds no model" in run_train("stages", path, fails=True)


def test_a_name_that_the_hub_does_not_give_is_refused(run_train, chat_file, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    words = ("sft", "--base", "nobody/nothing", "--data", chat_file, "--out", tmp_path / "o")
    output = run_train(*words, fails=True)
    assert "\nError: nobody/nothing is neither a folder here nor a model that" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("given", [("--base", "./nowhere"), ()], ids=["given", "named"])
def test_nothing_is_merged_into_a_base_that_is_not_there(run_train, tmp_path, given):
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    config = {"peft_type": "LORA", "base_model_name_or_path": "./nowhere"}
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    words = ("merge", "--adapter", adapter, *given, "--out", tmp_path / "o")
    assert run_train(*words, fails=True) == (
        "Error: ./nowhere holds no model: there is no such folder\n"
    )

"""Adapters are merged, and stages follow one another."""

from __future__ import annotations

import json

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from engine.training.record import find_record, weights_of
from tests.integration.training.conftest import chat_row, pair_row

ADAPTER = "adapter_model.safetensors"
QUICK = "batch_rows = 4, micro_rows = 4, max_tokens = 64, max_steps = 2, log_steps = 1"


@pytest.fixture(scope="module")
def adapter(run_train, tiny_base, chat_file, tmp_path_factory):
    out = tmp_path_factory.mktemp("adapter") / "out"
    size = ("--max-tokens", "64", "--micro-rows", "8", "--batch-rows", "8")
    steps = ("--max-steps", "6", "--learning-rate", "2e-2")
    run_train("sft", "--base", tiny_base, "--data", chat_file, "--out", out, *size, *steps)
    return out


def logits(model, tokenizer):
    ids = tokenizer("<|im_start|>user\nWhat is 3 and 4?", return_tensors="pt")
    with torch.no_grad():
        return model.eval()(**ids).logits


def test_a_merged_model_gives_what_base_and_adapter_give(
    run_train, tiny_base, adapter, tiny_tokenizer, tmp_path
):
    out = tmp_path / "merged"
    run_train("merge", "--adapter", adapter, "--base", tiny_base, "--out", out)
    base = AutoModelForCausalLM.from_pretrained(tiny_base)
    plain = logits(base, tiny_tokenizer)
    both = logits(PeftModel.from_pretrained(base, adapter), tiny_tokenizer)
    merged = logits(AutoModelForCausalLM.from_pretrained(out), AutoTokenizer.from_pretrained(out))
    assert (plain - both).abs().max() > 0.1
    assert (merged - both).abs().max() < 1e-4
    assert find_record(out).parent == find_record(adapter).fingerprint
    for folder in (out, adapter):
        # A server may run as somebody else.
        assert all(path.stat().st_mode & 0o044 == 0o044 for path in weights_of(folder))


def test_what_is_written_names_no_folder_of_this_machine(run_train, tiny_base, adapter, tmp_path):
    out = tmp_path / "merged"
    run_train("merge", "--adapter", adapter, "--base", tiny_base, "--out", out)
    for path in (*adapter.iterdir(), *out.iterdir()):
        if path.is_file():
            held = path.read_bytes()
            assert not any(str(one).encode() in held for one in (tiny_base, adapter.parent)), path
    config = json.loads((adapter / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == tiny_base.name


def test_an_adapter_finds_its_base_by_the_path_from_here(
    run_train, tiny_base, adapter, tmp_path, monkeypatch
):
    fault = f"is of the model {tiny_base.name}, which is not here: give --base"
    assert fault in run_train("merge", "--adapter", adapter, "--out", tmp_path / "m", fails=True)
    monkeypatch.chdir(tiny_base.parent)
    run_train("merge", "--adapter", adapter, "--out", tmp_path / "m")
    assert find_record(tmp_path / "m").parent == find_record(adapter).fingerprint


def test_an_adapter_is_not_merged_over_something_else(run_train, adapter, tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    assert "is not empty" in run_train(
        "merge", "--adapter", adapter, "--out", tmp_path, fails=True
    )
    assert "holds no adapter" in run_train(
        "merge", "--adapter", tmp_path, "--out", tmp_path / "out", fails=True
    )


def test_an_adapter_is_not_put_onto_other_weights(
    run_train, tiny_base, adapter, chat_file, tmp_path
):
    other = tmp_path / "other"
    model = AutoModelForCausalLM.from_pretrained(tiny_base)
    with torch.no_grad():
        model.get_input_embeddings().weight.add_(1)
    model.save_pretrained(other)
    AutoTokenizer.from_pretrained(tiny_base).save_pretrained(other)
    fault = "whose weights are not those of"
    words = ("--base", other, "--out", tmp_path / "out")
    assert fault in run_train("merge", "--adapter", adapter, *words, fails=True)
    given = ("--from-adapter", adapter, "--data", chat_file)
    assert fault in run_train("sft", *given, *words, fails=True)


def test_a_second_stage_begins_where_the_first_ended(
    run_train, tiny_base, adapter, chat_file, tmp_path
):
    out = tmp_path / "out"
    size = ("--max-tokens", "64", "--micro-rows", "8", "--batch-rows", "8")
    words = ("sft", "--base", tiny_base, "--data", chat_file, "--out", out, *size)
    # The first step is one of the warm-up, whose rate is 0: nothing moves.
    run_train(*words, "--from-adapter", adapter, "--max-steps", "1")
    before, after = load_file(adapter / ADAPTER), load_file(out / ADAPTER)
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert find_record(out).parent == find_record(adapter).fingerprint


def test_every_weight_is_not_trained_on_top_of_an_adapter(
    run_train, tiny_base, adapter, chat_file, tmp_path
):
    words = ("sft", "--full", "--base", tiny_base, "--data", chat_file, "--out", tmp_path / "out")
    assert "merge" in run_train(*words, "--from-adapter", adapter, fails=True)


def test_stages_run_in_order_and_only_once(run_train, tiny_base, write_rows):
    reasoning = write_rows("reasoning.jsonl", [chat_row(a, 1) for a in range(8)])
    folder = reasoning.parent
    tools = folder / "tools.jsonl"
    tools.write_text("".join(json.dumps(chat_row(a, 2)) + "\n" for a in range(8)))
    pairs = folder / "pairs.jsonl"
    pairs.write_text("".join(json.dumps(pair_row(a, 2)) + "\n" for a in range(8)))
    file = folder / "stages.toml"
    file.write_text(
        f'base = "{tiny_base}"\nout = "runs"\n'
        '[[stage]]\nname = "reasoning"\nmethod = "sft"\ndata = ["reasoning.jsonl"]\n'
        f"settings = {{ {QUICK} }}\n"
        '[[stage]]\nname = "tools"\nmethod = "sft"\ndata = ["tools.jsonl"]\n'
        f"settings = {{ {QUICK} }}\n"
        '[[stage]]\nname = "whole"\nmethod = "merge"\n'
        '[[stage]]\nname = "preferences"\nmethod = "dpo"\ndata = ["pairs.jsonl"]\n'
        f"settings = {{ {QUICK} }}\nown = {{ beta = 0.2 }}\n"
    )
    run_train("stages", file)
    names = ("reasoning", "tools", "whole", "preferences")
    records = [find_record(folder / "runs" / name) for name in names]
    assert [record.method for record in records] == ["sft", "sft", "merge", "dpo"]
    assert records[1].parent == records[0].fingerprint
    assert records[2].parent == records[1].fingerprint
    assert records[3].base == "whole"
    assert records[3].settings["beta"] == 0.2

    written = [(folder / "runs" / name / "run.json").stat().st_mtime_ns for name in names]
    run_train("stages", file)
    again = [(folder / "runs" / name / "run.json").stat().st_mtime_ns for name in names]
    assert again == written


def test_a_stage_that_cannot_be_run_is_found_before_the_first(run_train, tiny_base, chat_file):
    file = chat_file.with_name("stages.toml")
    file.write_text(
        f'base = "{tiny_base}"\nout = "broken"\n'
        f'[[stage]]\nname = "first"\nmethod = "sft"\ndata = ["{chat_file.name}"]\n'
        '[[stage]]\nname = "last"\nmethod = "dpo"\ndata = ["nowhere.jsonl"]\n'
    )
    assert "stage last: " in run_train("stages", file, fails=True)
    assert not file.with_name("broken").exists()

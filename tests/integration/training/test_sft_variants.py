"""The ways in which a run may be smaller, longer or quicker."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM, LlamaConfig, Qwen3Config

from engine.training.errors import TrainingError
from engine.training.record import find_record
from engine.training.tune.callback import read_metrics
from engine.training.tune.model import stretch_context
from engine.training.tune.settings import RopeMethod, TuneSettings

QUICK = ("--max-tokens", "64", "--micro-rows", "4", "--batch-rows", "8", "--log-steps", "1")
STEPS = ("--max-steps", "4", "--learning-rate", "1e-2")


@pytest.fixture
def run_sft(run_train, tiny_base, chat_file, tmp_path):
    def run(*words):
        out = tmp_path / "out"
        given = ("--base", tiny_base, "--data", chat_file, "--out", out)
        run_train("sft", *given, *QUICK, *STEPS, *words)
        return out

    return run


@pytest.mark.parametrize(
    ("words", "setting"),
    [
        (("--recompute",), ("recompute", True)),
        (("--precision", "bf16"), ("precision", "bf16")),
        (("--packing",), ("packing", True)),
    ],
    ids=str,
)
def test_a_run_of_this_kind_learns_and_is_told_of(run_sft, words, setting):
    out = run_sft(*words)
    losses = [row["loss"] for row in read_metrics(out / "metrics.jsonl") if "loss" in row]
    assert losses[-1] < losses[0]
    name, value = setting
    assert find_record(out).settings[name] == value


def test_recomputed_activations_give_the_same_adapter(run_sft, tmp_path):
    name = "adapter_model.safetensors"
    plain = load_file(run_sft("--dropout", "0") / name)
    again = load_file(run_sft("--dropout", "0", "--recompute", "--fresh") / name)
    for key, value in plain.items():
        torch.testing.assert_close(value, again[key], rtol=1e-3, atol=1e-4)


def test_named_layers_alone_are_adapted(run_sft):
    out = run_sft("--targets", "q_proj,v_proj", "--rank", "2")
    names = load_file(out / "adapter_model.safetensors")
    assert names
    assert all(".q_proj." in name or ".v_proj." in name for name in names)
    assert json.loads((out / "adapter_config.json").read_text())["r"] == 2


def test_a_longer_context_reaches_the_merged_model(run_sft, run_train, tiny_base, tmp_path):
    out, merged = run_sft("--context-tokens", "1024"), tmp_path / "merged"
    assert find_record(out).settings["context_tokens"] == 1024
    run_train("merge", "--adapter", out, "--base", tiny_base, "--out", merged)
    config = AutoConfig.from_pretrained(merged)
    assert config.max_position_embeddings == 1024
    assert config.rope_parameters["rope_type"] == "yarn"
    assert config.rope_parameters["factor"] == 4
    model = AutoModelForCausalLM.from_pretrained(merged)
    with torch.no_grad():
        logits = model(input_ids=torch.ones((1, 1000), dtype=torch.long)).logits
    assert logits.isfinite().all()


@pytest.mark.parametrize("method", list(RopeMethod))
@pytest.mark.parametrize("kind", [LlamaConfig, Qwen3Config])
def test_positions_are_scaled_by_the_factor(kind, method):
    config = kind(max_position_embeddings=8192)
    found = stretch_context(config, TuneSettings(context_tokens=32_768, rope=method))
    assert found.max_position_embeddings == 32_768
    assert found.rope_parameters["rope_type"] == method
    assert found.rope_parameters["factor"] == 4
    assert "rope_theta" in found.rope_parameters


@pytest.mark.parametrize("asked", [None, 4096, 8192])
def test_a_context_that_the_model_has_is_left_alone(asked):
    config = LlamaConfig(max_position_embeddings=8192)
    found = stretch_context(config, TuneSettings(context_tokens=asked))
    assert found.max_position_embeddings == 8192
    assert found.rope_parameters["rope_type"] == "default"


def test_a_context_is_not_stretched_twice():
    settings = TuneSettings(context_tokens=1024, rope=RopeMethod.LINEAR)
    once = stretch_context(LlamaConfig(max_position_embeddings=512), settings)
    with pytest.raises(TrainingError, match="by linear already"):
        stretch_context(once, TuneSettings(context_tokens=2048))
